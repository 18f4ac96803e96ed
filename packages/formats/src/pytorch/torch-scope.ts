import type { LayerDefinition, ResolvedLayer } from "@nn/layers";
import type { StoredTensor } from "@nn/results";
import { formatShape, countElements, type Shape } from "@nn/tensor";
import type { Static } from "typebox";

/** Writes the tensors of a layer to the scope, with PyTorch's layout and names. */
export type TorchExport<Definition extends LayerDefinition = LayerDefinition> = {
  // This is a method, because the table of all exports contains functions with different option types.
  run(options: Static<Definition["options"]>, scope: TorchScope): void;
}["run"];

/** The context in which a layer is exported: the tensors of the network, and those for PyTorch, by name. */
export class TorchScope {
  readonly #own: ReadonlyMap<string, StoredTensor>;
  readonly #written: Map<string, StoredTensor>;
  /** The prefix of the names of its tensors, such as `layers.2`. */
  readonly #place: string;
  readonly #exportLayers: (layers: readonly ResolvedLayer[], scope: TorchScope) => void;

  constructor(
    own: ReadonlyMap<string, StoredTensor>,
    written: Map<string, StoredTensor>,
    place: string,
    exportLayers: (layers: readonly ResolvedLayer[], scope: TorchScope) => void,
  ) {
    this.#own = own;
    this.#written = written;
    this.#place = place;
    this.#exportLayers = exportLayers;
  }

  /** Returns the scope of a layer inside this one. */
  child(name: string | number): TorchScope {
    return new TorchScope(this.#own, this.#written, `${this.#place}.${name}`, this.#exportLayers);
  }

  /** Exports a list of layers. `name` is the prefix of the list in this layer. */
  layers(name: string, layers: readonly ResolvedLayer[]): void {
    this.#exportLayers(layers, this.child(name));
  }

  /** Returns a tensor of this layer, or undefined if it has no tensor with this name. */
  tensor(name: string): StoredTensor | undefined {
    return this.#own.get(`${this.#place}.${name}`);
  }

  /** Writes a tensor of this layer. Throws RangeError if the data does not match the shape. */
  put(name: string, shape: Shape, data: Float32Array | Float64Array): void {
    if (data.length !== countElements(shape))
      throw new RangeError(`${name}: ${data.length} numbers, shape ${formatShape(shape)}`);
    this.#written.set(`${this.#place}.${name}`, { shape, data });
  }

  /** Writes a tensor unchanged, if the layer has it. */
  copy(name: string, newName = name): void {
    const tensor = this.tensor(name);
    if (tensor !== undefined) this.put(newName, tensor.shape, tensor.data);
  }

  /** Writes the transpose (U, D) of a matrix (D, U). */
  transpose(name: string, newName = name): void {
    const { shape, data } = this.tensor(name)!;
    this.put(newName, shape.toReversed(), permuteAxes(data, shape, [1, 0]));
  }

  /** Writes all tensors of this layer unchanged. */
  copyAll(): void {
    for (const [name, tensor] of this.#own) {
      if (name.startsWith(`${this.#place}.`)) this.#written.set(name, tensor);
    }
  }
}

/** Permutes the axes of row-major numbers: axis a of the result is axis axes[a] of x. */
export function permuteAxes(
  x: StoredTensor["data"],
  shape: Shape,
  axes: readonly number[],
): StoredTensor["data"] {
  const y = x.slice();
  const extents = axes.map((axis) => shape[axis]!);
  const strides = axes.map((axis) => countElements(shape.slice(axis + 1)));
  for (let j = 0; j < y.length; j++) {
    let [place, rest] = [0, j];
    for (let a = axes.length - 1; a >= 0; a--) {
      place += (rest % extents[a]!) * strides[a]!;
      rest = Math.floor(rest / extents[a]!);
    }
    y[j] = x[place]!;
  }
  return y;
}
