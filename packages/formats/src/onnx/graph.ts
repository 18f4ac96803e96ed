import type { Shape } from "@nn/tensor";

/** The value of an attribute of a node: a float, a list of integers, an integer or a text. */
export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

/**
 * A node of a graph: one operator. Inputs and outputs are names of values. "" stands for an omitted input.
 */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant of a graph, row-major: weights (float32), or shapes and axes (int64). */
export interface OnnxInitializer {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array | BigInt64Array;
}

/** An input or output of a graph: float32 (N, …shape), with any batch size N. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly shape: Shape;
}

/** A graph: nodes in topological order, constants, inputs and outputs. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}

/** A model: a graph, and metadata as text by key. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly metadata: Readonly<Record<string, string>>;
}
