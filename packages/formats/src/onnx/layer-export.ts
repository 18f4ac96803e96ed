import { type LayerDefinition, type ResolvedLayer } from "@nn/layers";
import type { StoredTensor } from "@nn/results";
import { formatShape, type Shape } from "@nn/tensor";
import type { Static } from "typebox";

import type { OnnxAttribute } from "./graph.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/**
 * The output of a layer in a graph. `shape` is the shape of one example in our layout, (H, W, C) for images.
 * The graph may hold images in the order that ONNX's convolutions need, (N, C, H, W): then `channelsFirst` is
 * true.
 */
export interface OnnxValue {
  readonly name: string;
  readonly shape: Shape;
  readonly channelsFirst: boolean;
}

/** Adds the nodes of a layer to the graph and returns its output. */
export type LayerExport<Definition extends LayerDefinition = LayerDefinition> = {
  // A method, because the table of all exports holds functions with options of different types.
  run(options: Static<Definition["options"]>, x: OnnxValue, scope: LayerScope): OnnxValue;
}["run"];

/**
 * The context in which a layer adds its nodes: the graph, and its trained tensors by their name in the layer.
 */
export class LayerScope {
  readonly #graph: GraphBuilder;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  /** The place of the layer, such as `layers.2`: the prefix of the names of its tensors and nodes. */
  readonly #place: string;
  readonly #exportLayers: (layers: readonly ResolvedLayer[], x: OnnxValue, scope: LayerScope) => OnnxValue;

  constructor(
    graph: GraphBuilder,
    tensors: ReadonlyMap<string, StoredTensor>,
    place: string,
    exportLayers: (layers: readonly ResolvedLayer[], x: OnnxValue, scope: LayerScope) => OnnxValue,
  ) {
    this.#graph = graph;
    this.#tensors = tensors;
    this.#place = place;
    this.#exportLayers = exportLayers;
  }

  /** Returns the scope of a layer inside this one: its tensors have the prefix `name`. */
  inside(name: string | number): LayerScope {
    return new LayerScope(this.#graph, this.#tensors, `${this.#place}.${name}`, this.#exportLayers);
  }

  /** Exports a list of layers, one after the other, whose place in this layer is `name`. */
  layers(name: string, layers: readonly ResolvedLayer[], x: OnnxValue): OnnxValue {
    return this.#exportLayers(layers, x, this.inside(name));
  }

  /** Adds a node with one output, and returns the output's name. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    return this.#graph.add(this.#place, operator, inputs, attributes);
  }

  /** Adds a node with `count` outputs, and returns their names. */
  addSeveral(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    count: number,
  ): string[] {
    return this.#graph.addSeveral(this.#place, operator, inputs, attributes, count);
  }

  /** Returns a trained tensor of this layer. Throws Error if the file has none of this name. */
  tensor(name: string): StoredTensor {
    const fullName = `${this.#place}.${name}`;
    const tensor = this.#tensors.get(fullName);
    if (tensor === undefined) throw new Error(`The network has no tensor "${fullName}".`);
    return tensor;
  }

  /** Adds a trained tensor as a constant, as it is or with another shape, and returns the constant's name. */
  parameter(name: string, shape?: Shape): string {
    const tensor = this.tensor(name);
    return this.constant(name, shape ?? tensor.shape, tensor.data);
  }

  /** Adds numbers as a constant, and returns its name. */
  constant(name: string, shape: Shape, data: ArrayLike<number>): string {
    return this.#graph.weights(`${this.#place}.${name}`, shape, data);
  }

  /** Returns the name of one number as a constant. */
  scalar(value: number): string {
    return this.#graph.scalar(value);
  }

  /**
   * Adds a node that gives each example another shape. `batch` is the first axis: 0 for that of x, -1 for the
   * remaining size.
   */
  reshape(x: string, shape: Shape, batch: 0 | -1 = 0): string {
    return this.add("Reshape", [x, this.integers([batch, ...shape])]);
  }

  /** Returns x with all its axes in another order, including the batch. */
  transpose(x: string, axes: readonly number[]): string {
    return this.#graph.transpose(this.#place, x, axes);
  }

  /** Returns the name of a list of integers as a constant, such as a shape. */
  integers(values: readonly number[]): string {
    return this.#graph.integers(values);
  }

  /** Returns x with its axes as in our layers, (N, …, C). */
  channelsLast(x: OnnxValue): OnnxValue {
    if (!x.channelsFirst) return x;
    return { ...x, name: this.transpose(x.name, [0, 2, 3, 1]), channelsFirst: false };
  }

  /** Returns images (H, W, C) as (N, C, H, W), which ONNX's convolutions and pools need. */
  channelsFirst(x: OnnxValue): OnnxValue {
    if (x.channelsFirst) return x;
    if (x.shape.length !== 3) throw new RangeError(`expected images, got ${formatShape(x.shape)}`);
    return { ...x, name: this.transpose(x.name, [0, 3, 1, 2]), channelsFirst: true };
  }
}
