import { asKind, type Definition } from "@nn/catalog";
import type { Activation, Backend, Batch, Rng, Shape, Tensor } from "@nn/tensor";
import type { Static, TObject } from "typebox";

import type { LayerPath } from "./model/layer-error.ts";

export type { Definition } from "@nn/catalog";

// ---------------------------------------------------------------------------------------------------------- layers

/** A layer: one file that exports one of these, made by `defineLayer`. */
export interface LayerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** `x (N, D) → y (N, units); W (D, units)`: input and output, then its parameters. For the reference. */
  readonly shapes?: string;
  /**
   * Fits the layer to the shape of one example (without N): says what comes out and what it costs, allocates
   * nothing. Throws ShapeError when the input does not fit.
   */
  plan(options: Static<Options>, inputShape: Shape): LayerPlan;
  /**
   * How many times `plan` plans the layers in its options, each time anew; of a layer without such, how many
   * layers it is made of. Once unless told. It is asked before anything is planned: a few lines may stand for
   * more layers than memory holds.
   */
  copies?(options: Static<Options>): number;
}

/**
 * A layer for a given input shape, before it is built: its output shape, parameters, buffers and cost. A plan
 * allocates no tensors; `build` does.
 */
export interface LayerPlan {
  /** The shape of one example of the output, without N. */
  readonly outputShape: Shape;
  readonly parameters?: Readonly<Record<string, ParameterPlan>>;
  /**
   * What the layer remembers from step to step: saved with the parameters, but not learned. It may remember
   * nothing else, or a training that was stopped would go on without it.
   */
  readonly state?: Readonly<Record<string, BufferSpec>>;
  /** The fewest examples that the layer can learn from at a time, in one batch of training; 1 unless told. */
  readonly leastBatch?: number;
  /** Multiply-adds of the forward pass of one example; elementwise work is not counted. */
  readonly multiplyAdds?: number;
  /**
   * Set by a layer that is nothing but this elementwise function, so that the layer before may apply it while
   * storing.
   */
  readonly activation?: Activation;
  /** The layers inside this one, to be shown; their parameters and cost are among those above. */
  readonly parts?: readonly LayerPart[];
  build(context: LayerContext): Layer;
}

/** A layer inside another. */
export interface LayerPart {
  /**
   * The way to it from the layer around it: ["layers", 0] in its options, ["attention"] where it is there
   * unasked.
   */
  readonly path: LayerPath;
  readonly type: string;
  readonly plan: LayerPlan;
  /** How often it stands there, each time with parameters of its own; once unless told. */
  readonly times?: number;
}

/**
 * What a parameter starts as: drawn by an initializer, or a constant. And what holds it small, if anything
 * does.
 */
export interface ParameterPlan {
  readonly shape: Shape;
  readonly start:
    | "zeros"
    | "ones"
    | { readonly constant: number }
    | { readonly fanIn: number; readonly fanOut: number };
  /** The initializer that draws it, an entry of the catalog with its options; the model's unless given. */
  readonly initializer?: { readonly type: string; readonly [option: string]: unknown } | undefined;
  readonly regularizer?: Regularizer | undefined;
  /** After each step no column (…, U) is longer than this. */
  readonly maxNorm?: number | undefined;
}

/** Adds l1·Σ|w| + l2·Σw² to the loss. */
export interface Regularizer {
  readonly l1: number;
  readonly l2: number;
}

/** The shape of a buffer, and the constant that it is filled with at first. */
export interface BufferSpec {
  readonly shape: Shape;
  readonly start: "zeros" | "ones";
}

/** A trainable tensor and its gradient. */
export interface Parameter {
  /** `layers.1.weight`: unique in the model, the key in saved files. */
  readonly name: string;
  readonly value: Tensor;
  /** ∂loss/∂value. `backward` adds to it; the optimizer's step leaves it zero. */
  readonly gradient: Tensor;
}

/**
 * A tensor that is remembered; one of a layer's is changed by the forward pass in training, and only there.
 */
export interface Buffer {
  /** `layers.3.runningMean`: unique in the model, the key in saved files. */
  readonly name: string;
  readonly value: Tensor;
}

/**
 * What goes on from step to step, beside the parameters: saved when a training is stopped, put back when it
 * goes on. Live: it is what its owner computes with, so that writing into the tensors and the numbers is how
 * it is put back.
 */
export interface StateDict {
  readonly tensors: readonly Buffer[];
  readonly numbers: Record<string, number>;
}

/** Which pass this is. `step` counts training steps from 0 and names the random stream of the pass. */
export interface ForwardContext {
  readonly training: boolean;
  readonly step: number;
  /**
   * Told what each layer inside another gives, in the order of the forward pass: to find where something goes
   * wrong.
   */
  watch?(part: LayerOutput): void;
}

/** A layer inside another, in a forward pass. */
export interface LayerOutput {
  /** As `LayerPart` has it. */
  readonly path: LayerPath;
  readonly type: string;
  /** Which time it is of a layer that is repeated, from 1; the outermost repetition first. */
  readonly times: readonly number[];
  readonly parameters: readonly Parameter[];
  readonly output: Tensor;
}

/** What a layer is given when it is built. Buffers are planned here, once, for the largest batch. */
export interface LayerContext {
  readonly backend: Backend;
  /** The largest number of examples of a pass. */
  readonly batchSize: number;
  readonly inputShape: Shape;
  /** False for the first layers of a network: nobody reads ∂loss/∂x, so it need not be computed. */
  readonly needsInputGradient: boolean;
  /** The layer before applies this layer's `activation`: x is the output already. */
  readonly alreadyActivated: boolean;
  /** This layer's random stream; fork it by `pass.step`. */
  readonly rng: Rng;
  /** The parameter of that name in the plan. */
  parameter(name: string): Parameter;
  /** The state of that name in the plan. */
  state(name: string): Buffer;
  /** A buffer for a batch of examples of this shape. */
  batch(exampleShape: Shape): Batch;
}

/** A layer that has been built: it computes its output, and the gradients of its input and parameters. */
export interface Layer {
  /**
   * x (N, …) → y (N, …), in a buffer of the layer's own. Keeps what `backward` needs; x stays as it is until
   * then.
   */
  forward(x: Tensor, pass: ForwardContext): Tensor;
  /**
   * dy = ∂loss/∂y of the last forward pass → dx = ∂loss/∂x; adds ∂loss/∂parameter to each parameter's
   * gradient. May overwrite dy. What it returns is not read where `needsInputGradient` is false.
   */
  backward(dy: Tensor, pass: ForwardContext): Tensor;
  /**
   * Offered by a layer that can apply an activation while it stores its output. The model calls it once,
   * before the first pass, when the next layer's plan has an `activation`; that layer is then built with
   * `alreadyActivated`.
   */
  fuse?(activation: Activation): void;
}

/** Gives `plan` the type of the options its schema describes. */
export function defineLayer<Options extends TObject>(
  definition: LayerDefinition<Options>,
): LayerDefinition<Options> {
  return asKind("layer", definition);
}

// ---------------------------------------------------------------------------------------------------------- losses

/** A loss: one file that exports one of these, made by `defineLoss`. */
export interface LossDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** The function that the loss applies to the outputs itself: a layer that does it too would do it twice. */
  readonly appliesToOutputs?: "softmax" | "sigmoid";
  /**
   * Whether it takes outputs of both signs, of which a relu would take away one; so does one that applies a
   * function to them.
   */
  readonly takesBothSigns?: true;
  /**
   * Throws ShapeError when a network with this output (without N) cannot be trained on that many classes,
   * OptionsError when options do not fit the classes.
   */
  check(outputShape: Shape, classes: number, options: Static<Options>): void;
  /** Whether with these options some examples weigh more than others; absent: never. */
  isWeighted?(options: Static<Options>): boolean;
  build(options: Static<Options>, context: LossContext): Loss;
}

/** Arguments for building a loss: the backend, the largest batch size and the output shape without N. */
export interface LossContext {
  readonly backend: Backend;
  readonly batchSize: number;
  readonly outputShape: Shape;
}

/** A loss that has been built: it computes the mean loss of a batch, and its gradient. */
export interface Loss {
  /** The mean loss over the batch. outputs (N, …), labels (N) class numbers. */
  forward(outputs: Tensor, labels: Int32Array): number;
  /** ∂(mean loss)/∂outputs of the last forward pass: the loss owns the division by N. */
  backward(): Tensor;
  /**
   * The sum of weights that a batch with these labels is divided by, greater than 0. Absent where each
   * example weighs the same, so that it is N. The means of several batches make the mean over all of them
   * when each counts by this weight.
   */
  weightOf?(labels: Int32Array): number;
}

/** Gives `check`, `isWeighted` and `build` the type of the options that the schema describes. */
export function defineLoss<Options extends TObject>(
  definition: LossDefinition<Options>,
): LossDefinition<Options> {
  return asKind("loss", definition);
}

// ------------------------------------------------------------------------------------------------------ optimizers

/** An optimizer: one file that exports one of these, made by `defineOptimizer`. */
export interface OptimizerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Throws OptionsError when options that are each within their bounds cannot be combined. */
  check?(options: Static<Options>): void;
  build(options: Static<Options>, context: OptimizerContext): Optimizer;
}

/** Arguments for building an optimizer: the backend, and the parameters that it updates. */
export interface OptimizerContext {
  readonly backend: Backend;
  readonly parameters: readonly Parameter[];
}

/** An optimizer that has been built: it updates the parameters from their gradients. */
export interface Optimizer {
  /** All that a step depends on beside the parameters, their gradients and the factor. */
  readonly state: readonly StateDict[];
  /**
   * Updates every parameter from its gradient and leaves the gradients zero. The learning rate of this step
   * is `factor` × that of the options: a schedule decides, 1 is the options as they are.
   */
  step(factor: number): void;
}

/** Gives `check` and `build` the type of the options that the schema describes. */
export function defineOptimizer<Options extends TObject>(
  definition: OptimizerDefinition<Options>,
): OptimizerDefinition<Options> {
  return asKind("optimizer", definition);
}

// ------------------------------------------------------------------------------------------------------- schedules

/** A schedule of the learning rate: one file that exports one of these, made by `defineSchedule`. */
export interface ScheduleDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** It goes by what is measured on held-out images, so there must be some. */
  readonly needsValidation?: boolean;
  /**
   * Whether a longer training begins with the factors of a shorter one; absent: they depend on how many steps
   * the whole training has. Its warm-up is another matter.
   */
  isOpenEnded?(options: Static<Options>): boolean;
  /**
   * What lies behind the end of the training, where that may be a slip and may be meant: sentences without
   * their dots.
   */
  notices?(options: Static<Options>, context: ScheduleContext): string[];
  build(options: Static<Options>, context: ScheduleContext): Schedule;
}

/** Arguments for building a schedule: the length of the training in steps. */
export interface ScheduleContext {
  /** Steps of the whole training. */
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

/** A schedule that has been built: it scales the optimizer's learning rate at each step. */
export interface Schedule {
  /** What the learning rate of this step is multiplied by. Steps count from 0. */
  factor(step: number): number;
  /**
   * Told after each epoch what was measured on the held-out images; the factors from then on may depend on
   * it.
   */
  onEpoch?(validation: { readonly loss: number; readonly accuracy: number }): void;
  /** What it has learned from `onEpoch`; none where the factor follows from the step alone. */
  readonly state?: readonly StateDict[];
}

/** Gives `build` and the other functions the type of the options that the schema describes. */
export function defineSchedule<Options extends TObject>(
  definition: ScheduleDefinition<Options>,
): ScheduleDefinition<Options> {
  return asKind("schedule", definition);
}

// ---------------------------------------------------------------------------------------------------- initializers

/** An initializer: one file that exports one of these, made by `defineInitializer`. */
export interface InitializerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Fills `value`. fanIn, fanOut: how many inputs feed an output, and the other way round. */
  fill(options: Static<Options>, value: Tensor, fan: { fanIn: number; fanOut: number }, rng: Rng): void;
}

/** Gives `fill` the type of the options that the schema describes. */
export function defineInitializer<Options extends TObject>(
  definition: InitializerDefinition<Options>,
): InitializerDefinition<Options> {
  return asKind("initializer", definition);
}
