import { Batch, type Backend, type Rng, type Shape, type Tensor } from "@nn/tensor";

import { planSequential } from "./sequential.ts";
import { initializeParameter } from "./initialize-parameter.ts";
import { checkLayerCount } from "./layer-count.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import { summarizeLayer, type LayerSummary } from "./layer-summary.ts";
import type {
  InitializerDefinition,
  LayerDefinition,
  Parameter,
  ParameterSpec,
  ForwardContext,
  Buffer,
  LayerOutput,
  LayerWrapper,
} from "../definition.ts";
import { planEachLayer, type SequentialLayer } from "./plan-layers.ts";
import { addPenaltyGradient, applyMaxNorm, computePenalty } from "./regularization.ts";

/** A layer of the experiment file: its definition, and its options with all defaults filled in. */
export interface ResolvedLayer {
  readonly definition: LayerDefinition;
  readonly options: Record<string, unknown>;
}

/**
 * A model before it is built: its shapes (without N), layers, number of parameters, and multiply-adds of the
 * forward pass of one example. A plan allocates no tensors; `build` does.
 */
export interface ModelPlan {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  build(context: ModelContext): Model;
}

/**
 * Arguments for building a model. `batchSize` is the largest number of examples per pass. `initializer`
 * initializes the parameters that do not specify an initializer.
 */
export interface ModelContext {
  readonly backend: Backend;
  readonly batchSize: number;
  readonly rng: Rng;
  readonly initializer: {
    readonly definition: InitializerDefinition;
    readonly options: Record<string, unknown>;
  };
  /** The initializers that a parameter can specify, by type. */
  readonly initializers?: ReadonlyMap<string, InitializerDefinition>;
  /** Wraps each layer when it is built, nested layers before the layer around them. Default: no wrapper. */
  readonly wrapLayer?: LayerWrapper | undefined;
}

/** A built sequence of layers, with its parameters. */
export interface Model {
  readonly parameters: readonly Parameter[];
  /** The buffers of the layers. A saved model contains the parameters and the buffers. */
  readonly buffers: readonly Buffer[];
  /** Returns the outputs (N, …output) for x (N, …input). */
  forward(x: Tensor, pass: ForwardContext): Tensor;
  /**
   * Returns the regularization penalty, which is part of the loss in training and evaluation. It is 0 if no
   * weights are regularized.
   */
  penalty(): number;
  /**
   * Adds ∂loss/∂parameter to the gradient of every parameter, including the gradient of the penalty. dy is
   * ∂loss/∂outputs of the last forward pass. May overwrite dy.
   */
  backward(dy: Tensor, pass: ForwardContext): void;
  /** Scales down weights whose norm exceeds their maxNorm. Call it after each optimizer step. */
  constrain(): void;
  /**
   * Runs a forward pass and returns the first layer with a non-finite number, to explain a non-finite loss.
   * Returns undefined if all parameters and outputs are finite, for example if only the loss overflows.
   */
  findNonFiniteLayer(x: Tensor, pass: ForwardContext): NonFiniteLayer | undefined;
}

/** A layer with infinite or NaN numbers. */
export interface NonFiniteLayer {
  /** The path of the layer in `model.layers`: [3], or [3, "layers", 0] for a nested layer. */
  readonly path: LayerPath;
  readonly type: string;
  /**
   * The repetition number in each surrounding `repeat` layer, counted from 1. The outermost layer comes
   * first.
   */
  readonly times: readonly number[];
  /**
   * `weights`: a parameter is not finite; `activations`: all parameters are finite, but the output is not.
   */
  readonly what: "weights" | "activations";
}

/**
 * Plans the layers one after the other, from the shape of one example (without N). Throws LayerError for the
 * first layer that cannot be planned. Its cause is the error of the layer, usually a ShapeError.
 */
export function planModel(layers: readonly ResolvedLayer[], inputShape: Shape): ModelPlan {
  checkLayerCount(layers);
  const links = planEachLayer(layers, inputShape, []);
  const summaries = links.map(({ type, plan }) => summarizeLayer(type, plan));
  return {
    inputShape,
    outputShape: links.at(-1)?.plan.outputShape ?? inputShape,
    layers: summaries,
    parameters: summaries.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: summaries.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    build: (context) => buildModel(links, inputShape, context),
  };
}

/** Builds the chain of layers and allocates its parameters and buffers. */
function buildModel(links: readonly SequentialLayer[], inputShape: Shape, context: ModelContext): Model {
  const { backend, batchSize } = context;
  const plan = planSequential(links);
  const parameters = new Map(links.flatMap((link) => createParameters(link, context)));
  const buffers = new Map(links.flatMap((link) => createBuffers(link, backend)));
  const chain = plan.build({
    backend,
    batchSize,
    inputShape,
    // Nothing uses ∂loss/∂x of the model's input.
    needsInputGradient: false,
    alreadyActivated: false,
    rng: context.rng.fork("layers"),
    parameter: (name) => parameters.get(name)!,
    buffer: (name) => buffers.get(name)!,
    allocateBatch: (exampleShape) => new Batch(backend, batchSize, exampleShape),
    wrapLayer: context.wrapLayer,
  });

  const planned = Object.entries(plan.parameters ?? {});
  const regularized = planned.flatMap(([name, { regularizer }]) =>
    regularizer === undefined ? [] : [{ parameter: parameters.get(name)!, regularizer }],
  );
  const constrained = planned.flatMap(([name, { maxNorm }]) =>
    maxNorm === undefined ? [] : [{ value: parameters.get(name)!.value, maxNorm }],
  );

  return {
    parameters: [...parameters.values()],
    buffers: [...buffers.values()],

    forward: (x, pass) => chain.forward(x, pass),

    penalty() {
      let sum = 0;
      for (const { parameter, regularizer } of regularized)
        sum += computePenalty(parameter.value, regularizer);
      return sum;
    },

    backward(dy, pass) {
      chain.backward(dy, pass);
      for (const { parameter, regularizer } of regularized) addPenaltyGradient(parameter, regularizer);
    },

    constrain() {
      for (const { value, maxNorm } of constrained) applyMaxNorm(value, maxNorm);
    },

    findNonFiniteLayer(x, pass) {
      let first: NonFiniteLayer | undefined;
      // Nested layers report before the layer around them. So the outer layer is returned only if its nested
      // layers are all finite.
      const onOutput = ({ path, type, times, parameters, output }: LayerOutput): void => {
        if (first !== undefined) return;
        const weights = parameters.every(({ value }) => backend.allFinite(value));
        if (weights && backend.allFinite(output)) return;
        first = { path, type, times, what: weights ? "activations" : "weights" };
      };
      chain.forward(x, { ...pass, onOutput });
      return first;
    },
  };
}

/**
 * Creates the parameters of a layer, by their names in the chain. The random stream of each parameter depends
 * only on its name, so its initial values do not depend on other layers.
 */
function createParameters(
  { name, path, plan }: SequentialLayer,
  context: ModelContext,
): [string, Parameter][] {
  const { backend } = context;
  const streams = context.rng.fork("weights");
  return Object.entries(plan.parameters ?? {}).map(([own, { shape, initialization, initializer }]) => {
    const fullName = `layers.${name}.${own}`;
    const value = backend.allocate(shape);
    if (initialization === "ones") value.data.fill(1);
    else if (typeof initialization === "object" && "constant" in initialization)
      value.data.fill(initialization.constant);
    else if (initialization !== "zeros") {
      const { definition, options } = initializerOf(path, initializer, context);
      initializeParameter(value, { definition, options, fan: initialization, rng: streams.fork(fullName) });
    }
    return [`${name}.${own}`, { name: fullName, value, gradient: backend.allocate(shape) }];
  });
}

/**
 * Returns the initializer that a parameter specifies, or the model's initializer. Throws LayerError if it is
 * unknown.
 */
function initializerOf(
  path: LayerPath,
  named: ParameterSpec["initializer"],
  { initializer, initializers }: ModelContext,
): ModelContext["initializer"] {
  if (named === undefined) return initializer;
  const { type, ...options } = named;
  const definition = initializers?.get(type);
  if (definition === undefined) throw new LayerError(path, `there is no initializer "${type}".`);
  return { definition, options };
}

function createBuffers({ name, plan }: SequentialLayer, backend: Backend): [string, Buffer][] {
  return Object.entries(plan.buffers ?? {}).map(([own, { shape, initialization }]) => {
    const value = backend.allocate(shape);
    if (initialization === "ones") value.data.fill(1);
    return [`${name}.${own}`, { name: `layers.${name}.${own}`, value }];
  });
}
