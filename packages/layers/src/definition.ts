import { markDefinition, type Definition } from "@nn/catalog";
import type { Activation, Backend, Batch, Rng, Shape, Tensor } from "@nn/tensor";
import type { Static, TObject } from "typebox";

import type { LayerPath } from "./model/layer-error.ts";

export type { Definition } from "@nn/catalog";

// ---------------------------------------------------------------------------------------------------------- layers

/** A layer type. Each layer file exports one, made with `defineLayer`. */
export interface LayerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /**
   * The shapes of input, output and parameters, such as `x (N, D) → y (N, units); W (D, units)`. Printed in
   * the reference documentation.
   */
  readonly shapes?: string;
  /**
   * Plans the layer for the shape of one example (without N). Allocates nothing. Throws ShapeError if the
   * layer does not accept this shape.
   */
  plan(options: Static<Options>, inputShape: Shape): LayerPlan;
  /**
   * Returns how many times `plan` plans each of the layers in its options. For a layer without nested layers,
   * returns the number of layers that it consists of. Default: 1. It is called before any layer is planned,
   * because short options can describe more layers than fit in memory.
   */
  countCopies?(options: Static<Options>): number;
}

/**
 * A layer for a given input shape, before it is built: its output shape, parameters, buffers and cost. A plan
 * allocates no tensors; `build` does.
 */
export interface LayerPlan {
  /** The shape of one example of the output, without N. */
  readonly outputShape: Shape;
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  /**
   * The buffers that the layer keeps between steps. They are saved with the parameters but not trained. A
   * layer must not keep any other state between steps, because a resumed trial would lose it.
   */
  readonly buffers?: Readonly<Record<string, BufferSpec>>;
  /** The minimum batch size for training. Default: 1. */
  readonly minBatch?: number;
  /** Multiply-adds of the forward pass of one example. Elementwise operations are not counted. */
  readonly multiplyAdds?: number;
  /**
   * Multiply-adds per example that the backward pass needs only for ∂loss/∂x; see
   * `countBackwardMultiplyAdds`. Default: `multiplyAdds`, as for y = x·W.
   */
  readonly inputGradientMultiplyAdds?: number;
  /**
   * The elementwise function of the layer, if it does nothing else. The previous layer can then apply the
   * function while it stores its output.
   */
  readonly activation?: Activation;
  /** The nested layers, for display. `parameters` and `multiplyAdds` already include them. */
  readonly nestedLayers?: readonly NestedLayer[];
  build(context: LayerContext): Layer;
}

/** A layer nested in another layer. */
export interface NestedLayer {
  /**
   * The path from the outer layer: ["layers", 0] for a layer in its options, ["attention"] for a built-in
   * part.
   */
  readonly path: LayerPath;
  readonly type: string;
  readonly plan: LayerPlan;
  /** Number of repetitions of the layer, each with its own parameters. Default: 1. */
  readonly times?: number;
}

/** The shape and initialization of a parameter, with its optional regularizer and norm limit. */
export interface ParameterSpec {
  readonly shape: Shape;
  readonly initialization:
    | "zeros"
    | "ones"
    | { readonly constant: number }
    | { readonly fanIn: number; readonly fanOut: number };
  /**
   * The initializer that draws the values: a catalog entry with its options. Default: the model's
   * initializer.
   */
  readonly initializer?: { readonly type: string; readonly [option: string]: unknown } | undefined;
  readonly regularizer?: Regularizer | undefined;
  /** Maximum norm of a column of the parameter (…, U). Longer columns are scaled down after each step. */
  readonly maxNorm?: number | undefined;
}

/** Adds l1·Σ|w| + l2·Σw² to the loss. */
export interface Regularizer {
  readonly l1: number;
  readonly l2: number;
}

/** The shape and the initial value of a buffer. */
export interface BufferSpec {
  readonly shape: Shape;
  readonly initialization: "zeros" | "ones";
}

/** A trainable tensor and its gradient. */
export interface Parameter {
  /** For example `layers.1.weight`. Unique in the model; the key in saved files. */
  readonly name: string;
  readonly value: Tensor;
  /** ∂loss/∂value. `backward` adds to it; the optimizer step resets it to zero. */
  readonly gradient: Tensor;
}

/**
 * A tensor that is kept between steps but not trained. A layer changes its buffers only in forward passes of
 * training.
 */
export interface Buffer {
  /** For example `layers.3.runningMean`. Unique in the model; the key in saved files. */
  readonly name: string;
  readonly value: Tensor;
}

/**
 * The state of a component that a checkpoint saves in addition to the parameters. The component itself uses
 * these objects, not copies. To restore a checkpoint, write into the tensors and numbers.
 */
export interface StateDict {
  readonly tensors: readonly Buffer[];
  readonly numbers: Record<string, number>;
}

/**
 * Describes a forward or backward pass. `step` counts training steps from 0 and selects the random stream of
 * the pass.
 */
export interface ForwardContext {
  readonly training: boolean;
  readonly step: number;
  /**
   * Called with the output of each layer, in the order of the forward pass. Nested layers come before the
   * layer around them.
   */
  onOutput?(layer: LayerOutput): void;
}

/** The output of a layer during a forward pass. */
export interface LayerOutput {
  /** The path from the outer layer, as in `NestedLayer`. */
  readonly path: LayerPath;
  readonly type: string;
  /**
   * The repetition number in each surrounding `repeat` layer, counted from 1. The outermost layer comes
   * first.
   */
  readonly times: readonly number[];
  readonly parameters: readonly Parameter[];
  readonly output: Tensor;
}

/** Arguments for building a layer. The layer allocates its buffers here, once, for the largest batch. */
export interface LayerContext {
  readonly backend: Backend;
  /** The largest number of examples per pass. */
  readonly batchSize: number;
  readonly inputShape: Shape;
  /** False for the first layer with parameters and all layers before it: nothing uses their ∂loss/∂x. */
  readonly needsInputGradient: boolean;
  /** Whether the previous layer already applies this layer's `activation`. If so, x is the output. */
  readonly alreadyActivated: boolean;
  /** The random stream of this layer. Fork it with `pass.step` in each pass. */
  readonly rng: Rng;
  /** Returns the parameter with this name in the plan. */
  parameter(name: string): Parameter;
  /** Returns the buffer with this name in the plan. */
  buffer(name: string): Buffer;
  /** Allocates a buffer for a batch of examples of this shape. */
  allocateBatch(exampleShape: Shape): Batch;
  /** See `ModelContext`. */
  readonly wrapLayer?: LayerWrapper | undefined;
}

/** Describes the layer that a `LayerWrapper` receives. It may be a nested layer. */
export interface LayerInfo extends Pick<NestedLayer, "path" | "type" | "plan"> {
  readonly needsInputGradient: boolean;
}

/**
 * Receives a built layer and returns the object that the model calls instead. For example, the object can
 * measure the time of each call.
 */
export type LayerWrapper = (
  layer: Pick<Layer, "forward" | "backward">,
  place: LayerInfo,
) => Pick<Layer, "forward" | "backward">;

/** A built layer. It computes its output, and the gradients of its input and parameters. */
export interface Layer {
  /**
   * Returns y (N, …) for x (N, …), usually in a buffer that the next pass overwrites. Stores the data that
   * `backward` needs. The caller must not change x before `backward` has run.
   */
  forward(x: Tensor, pass: ForwardContext): Tensor;
  /**
   * Returns dx = ∂loss/∂x for dy = ∂loss/∂y of the last forward pass. Adds ∂loss/∂parameter to the gradient
   * of each parameter. May overwrite dy. If `needsInputGradient` is false, the returned tensor is not used.
   */
  backward(dy: Tensor, pass: ForwardContext): Tensor;
  /**
   * Present if the layer can apply an activation while it stores its output. The model calls it once, before
   * the first pass, if the plan of the next layer has an `activation`. The next layer is then built with
   * `alreadyActivated`.
   */
  fuse?(activation: Activation): void;
}

/** Defines a layer. The type of the options in its functions follows from the schema `options`. */
export function defineLayer<Options extends TObject>(
  definition: LayerDefinition<Options>,
): LayerDefinition<Options> {
  return markDefinition("layer", definition);
}

// ---------------------------------------------------------------------------------------------------------- losses

/** A loss function. Each loss file exports one, made with `defineLoss`. */
export interface LossDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** The function that the loss applies to the outputs. The last layer should then not apply it. */
  readonly appliesToOutputs?: "softmax" | "sigmoid";
  /**
   * True if the loss expects outputs of both signs, so that the network should not end with a relu. A loss
   * with `appliesToOutputs` does not need this field.
   */
  readonly takesBothSigns?: true;
  /**
   * Throws ShapeError if a network with this output shape (without N) cannot be trained on `classes` classes.
   * Throws OptionsError if the options do not match the number of classes.
   */
  check(outputShape: Shape, classes: number, options: Static<Options>): void;
  /** Returns whether the examples can have different weights with these options. Default: false. */
  isWeighted?(options: Static<Options>): boolean;
  build(options: Static<Options>, context: LossContext): Loss;
}

/** Arguments for building a loss: the backend, the largest batch size and the output shape without N. */
export interface LossContext {
  readonly backend: Backend;
  readonly batchSize: number;
  readonly outputShape: Shape;
}

/** A built loss. It computes the mean loss of a batch and its gradient. */
export interface Loss {
  /** Returns the mean loss over the batch. outputs (N, …), labels (N) class numbers. */
  forward(outputs: Tensor, labels: Int32Array): number;
  /** Returns ∂(mean loss)/∂outputs of the last forward pass. */
  backward(): Tensor;
  /**
   * Returns the sum of the weights of the examples with these labels. It is greater than 0, and `forward`
   * divides the loss of the batch by it. Absent if all examples have the same weight; `forward` then divides
   * by N. To compute the mean over all examples, weight each batch loss by this sum.
   */
  sumWeights?(labels: Int32Array): number;
}

/** Defines a loss. The type of the options in its functions follows from the schema `options`. */
export function defineLoss<Options extends TObject>(
  definition: LossDefinition<Options>,
): LossDefinition<Options> {
  return markDefinition("loss", definition);
}

// ------------------------------------------------------------------------------------------------------ optimizers

/** An optimizer. Each optimizer file exports one, made with `defineOptimizer`. */
export interface OptimizerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Throws OptionsError if valid options cannot be combined. */
  check?(options: Static<Options>): void;
  build(options: Static<Options>, context: OptimizerContext): Optimizer;
}

/** Arguments for building an optimizer: the backend and the parameters that it updates. */
export interface OptimizerContext {
  readonly backend: Backend;
  readonly parameters: readonly Parameter[];
}

/** A built optimizer. It updates the parameters from their gradients. */
export interface Optimizer {
  /** The state that a step reads, apart from the parameters, their gradients and the factor. */
  readonly state: readonly StateDict[];
  /**
   * Updates every parameter from its gradient and resets the gradients to zero. The learning rate of this
   * step is the one in the options times `factor`, which comes from the schedule.
   */
  step(factor: number): void;
}

/** Defines an optimizer. The type of the options in its functions follows from the schema `options`. */
export function defineOptimizer<Options extends TObject>(
  definition: OptimizerDefinition<Options>,
): OptimizerDefinition<Options> {
  return markDefinition("optimizer", definition);
}

// ------------------------------------------------------------------------------------------------------- schedules

/** A learning rate schedule. Each schedule file exports one, made with `defineSchedule`. */
export interface ScheduleDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Whether the schedule reads validation metrics. The experiment must then hold out validation images. */
  readonly needsValidation?: boolean;
  /**
   * Returns whether the factors are independent of the total number of steps, apart from the warm-up. A
   * longer training run then starts with the same factors as a shorter one. Default: false.
   */
  isOpenEnded?(options: Static<Options>): boolean;
  /**
   * Returns descriptions of likely mistakes, such as a first drop after the end of the training run. They are
   * sentences without a final period.
   */
  notices?(options: Static<Options>, context: ScheduleContext): string[];
  /**
   * Like `notices`, but about options without effect, such as a gamma of 1. They are reported only if all
   * trials have them, because a sweep may compare such a value with others.
   */
  idleOptions?(options: Static<Options>, context: ScheduleContext): string[];
  build(options: Static<Options>, context: ScheduleContext): Schedule;
}

/** Arguments for building a schedule. */
export interface ScheduleContext {
  /** Total number of steps of the training run. */
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

/** A built schedule. It scales the optimizer's learning rate at each step. */
export interface Schedule {
  /** Returns the factor of the learning rate at this step, counted from 0. */
  factor(step: number): number;
  /** Called after each epoch with the validation metrics. Later factors may depend on them. */
  onEpoch?(validation: { readonly loss: number; readonly accuracy: number }): void;
  /** The state that `onEpoch` changes. Absent if the factor depends only on the step. */
  readonly state?: readonly StateDict[];
}

/** Defines a schedule. The type of the options in its functions follows from the schema `options`. */
export function defineSchedule<Options extends TObject>(
  definition: ScheduleDefinition<Options>,
): ScheduleDefinition<Options> {
  return markDefinition("schedule", definition);
}

// ---------------------------------------------------------------------------------------------------- initializers

/** An initializer. Each initializer file exports one, made with `defineInitializer`. */
export interface InitializerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /**
   * Fills `value` with initial values. `fanIn` is the number of inputs per output, `fanOut` the number of
   * outputs per input.
   */
  fill(options: Static<Options>, value: Tensor, fan: { fanIn: number; fanOut: number }, rng: Rng): void;
}

/** Defines an initializer. The type of the options in its functions follows from the schema `options`. */
export function defineInitializer<Options extends TObject>(
  definition: InitializerDefinition<Options>,
): InitializerDefinition<Options> {
  return markDefinition("initializer", definition);
}
