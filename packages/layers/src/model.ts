import type { Backend, Rng, Shape, Tensor } from "@nn/tensor";
import type { TProperties } from "typebox";

import type { InitializerDefinition, LayerDefinition, Parameter, Pass } from "./definition.ts";

/** A layer as the experiment file has it, its definition found and its options complete with defaults. */
export interface LayerChoice {
  readonly definition: LayerDefinition;
  readonly options: Record<string, unknown>;
}

/** One line of the table that `validate` prints. */
export interface LayerSummary {
  readonly type: string;
  readonly outputShape: Shape;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface ModelPlan {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  build(context: ModelContext): Model;
}

export interface ModelContext {
  readonly backend: Backend;
  readonly batchSize: number;
  readonly rng: Rng;
  readonly initializer: { readonly definition: InitializerDefinition; readonly options: Record<string, unknown> };
}

export interface Model {
  readonly parameters: readonly Parameter[];
  forward(x: Tensor, pass: Pass): Tensor;
  backward(dy: Tensor, pass: Pass): void;
}

/** A layer that does not fit; `index` is its place in `model.layers`. */
export class LayerError extends Error {
  override readonly name = "LayerError";
  readonly index: number;
  constructor(index: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.index = index;
  }
}

// planModel(layers: readonly LayerChoice[], inputShape: Shape): ModelPlan
