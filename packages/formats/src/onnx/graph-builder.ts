import { formatShape, countElements, type Shape } from "@nn/tensor";

import type { OnnxAttribute, OnnxInitializer, OnnxNode } from "./graph.ts";

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Builds a graph: collects its nodes and constants in the order of their creation, and names them. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #transposed = new Map<string, string>();
  readonly #names = new Set<string>();

  get initializers(): readonly OnnxInitializer[] {
    return [...this.#initializers.values()];
  }

  /**
   * Adds a node with one output and returns the name of the output. `place` is the layer to which the node
   * belongs. "" in `inputs` stands for an omitted input.
   */
  add(place: string, operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.addSeveral(place, operator, inputs, attributes, 1)[0]!;
  }

  /** Adds a node with `count` outputs and returns their names. */
  addSeveral(
    place: string,
    operator: string,
    inputs: readonly string[],
    attributes: Attributes,
    count: number,
  ): string[] {
    const name = this.#unique(`${place}/${operator}`);
    const outputs = Array.from({ length: count }, (_, k) => (k === 0 ? name : `${name}:${k}`));
    this.nodes.push({ name, operator, inputs, outputs, attributes });
    return outputs;
  }

  /**
   * Adds a node that transposes x and returns its name. Calls with the same x and axes return the same node.
   */
  transpose(place: string, x: string, axes: readonly number[]): string {
    const key = `${axes.join(" ")} ${x}`;
    const earlier = this.#transposed.get(key);
    if (earlier !== undefined) return earlier;
    const name = this.add(place, "Transpose", [x], { perm: { ints: axes } });
    this.#transposed.set(key, name);
    return name;
  }

  /** Adds a constant and returns its name. Throws RangeError if the data does not match the shape. */
  weights(name: string, shape: Shape, data: ArrayLike<number>): string {
    if (data.length !== countElements(shape))
      throw new RangeError(`${name}: ${data.length} numbers, shape ${formatShape(shape)}`);
    const unique = this.#unique(name);
    this.#initializers.set(unique, { name: unique, shape, data: Float32Array.from(data) });
    return unique;
  }

  /** Returns the name of a scalar constant. Equal numbers share one constant. */
  scalar(value: number): string {
    const name = `number ${Object.is(value, -0) ? "-0" : value}`;
    this.#initializers.set(name, { name, shape: [], data: Float32Array.of(value) });
    return name;
  }

  /**
   * Returns the name of a constant that is a list of integers, such as a shape. Equal lists share one
   * constant.
   */
  integers(values: readonly number[]): string {
    const name = `integers ${values.join(" ")}`;
    const data = BigInt64Array.from(values, BigInt);
    this.#initializers.set(name, { name, shape: [values.length], data });
    return name;
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let k = 2; this.#names.has(name); k++) name = `${wanted} ${k}`;
    this.#names.add(name);
    return name;
  }
}
