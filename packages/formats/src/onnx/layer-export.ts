import { type LayerDefinition, type ResolvedLayer } from "@nn/layers";
import type { StoredTensor } from "@nn/results";
import { formatShape, type Shape } from "@nn/tensor";
import type { Static } from "typebox";

import type { OnnxAttribute } from "./graph.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/**
 * The output of a layer in a graph. `shape` is the shape of one example in our layout, (H, W, C) for images.
 * If `channelsFirst` is true, the graph has images in the axis order of ONNX's convolutions, (N, C, H, W).
 */
export interface OnnxValue {
  readonly name: string;
  readonly shape: Shape;
  readonly channelsFirst: boolean;
}

/** Adds the nodes of a layer to the graph and returns its output. */
export type LayerExport<Definition extends LayerDefinition = LayerDefinition> = {
  // This is a method, because the table of all exports contains functions with different option types.
  run(options: Static<Definition["options"]>, x: OnnxValue, scope: LayerScope): OnnxValue;
}["run"];

/**
 * The context in which a layer adds its nodes: the graph, and the trained tensors by their names in the
 * layer.
 */
export class LayerScope {
  readonly #graph: GraphBuilder;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  /** The prefix of the names of its tensors and nodes, such as `layers.2`. */
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

  /** Returns the scope of a layer inside this one. The names of its tensors have the prefix `name`. */
  child(name: string | number): LayerScope {
    return new LayerScope(this.#graph, this.#tensors, `${this.#place}.${name}`, this.#exportLayers);
  }

  /** Exports a list of consecutive layers. `name` is the prefix of the list in this layer. */
  layers(name: string, layers: readonly ResolvedLayer[], x: OnnxValue): OnnxValue {
    return this.#exportLayers(layers, x, this.child(name));
  }

  /** Adds a node with one output and returns the name of the output. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    return this.#graph.add(this.#place, operator, inputs, attributes);
  }

  /** Adds a node with `count` outputs and returns their names. */
  addSeveral(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    count: number,
  ): string[] {
    return this.#graph.addSeveral(this.#place, operator, inputs, attributes, count);
  }

  /** Returns a trained tensor of this layer. Throws Error if the file has no tensor with this name. */
  tensor(name: string): StoredTensor {
    const fullName = `${this.#place}.${name}`;
    const tensor = this.#tensors.get(fullName);
    if (tensor === undefined) throw new Error(`The network has no tensor "${fullName}".`);
    return tensor;
  }

  /**
   * Adds a trained tensor as a constant, optionally with another shape, and returns the name of the constant.
   */
  parameter(name: string, shape?: Shape): string {
    const tensor = this.tensor(name);
    return this.constant(name, shape ?? tensor.shape, tensor.data);
  }

  /** Adds numbers as a constant and returns its name. */
  constant(name: string, shape: Shape, data: ArrayLike<number>): string {
    return this.#graph.weights(`${this.#place}.${name}`, shape, data);
  }

  /** Returns the name of a scalar constant. */
  scalar(value: number): string {
    return this.#graph.scalar(value);
  }

  /**
   * Adds a node that reshapes each example. `batch` is the size of the first axis: 0 keeps that of x, -1
   * infers it.
   */
  reshape(x: string, shape: Shape, batch: 0 | -1 = 0): string {
    return this.add("Reshape", [x, this.integers([batch, ...shape])]);
  }

  /** Permutes all axes of x, including the batch axis. */
  transpose(x: string, axes: readonly number[]): string {
    return this.#graph.transpose(this.#place, x, axes);
  }

  /** Returns the name of a constant that is a list of integers, such as a shape. */
  integers(values: readonly number[]): string {
    return this.#graph.integers(values);
  }

  /** Returns x in the layout of this project's layers, (N, …, C). */
  channelsLast(x: OnnxValue): OnnxValue {
    if (!x.channelsFirst) return x;
    return { ...x, name: this.transpose(x.name, [0, 2, 3, 1]), channelsFirst: false };
  }

  /** Returns images (H, W, C) as (N, C, H, W), the layout of ONNX's convolutions and pools. */
  channelsFirst(x: OnnxValue): OnnxValue {
    if (x.channelsFirst) return x;
    if (x.shape.length !== 3) throw new RangeError(`expected images, got ${formatShape(x.shape)}`);
    return { ...x, name: this.transpose(x.name, [0, 3, 1, 2]), channelsFirst: true };
  }
}
