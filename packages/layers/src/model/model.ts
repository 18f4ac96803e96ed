import { Batch, type Backend, type Rng, type Shape, type Tensor } from "@nn/tensor";

import { planChain } from "./chain.ts";
import { initializeParameter } from "./initialize-parameter.ts";
import { checkLayerCount } from "./layer-count.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import { summarize, type LayerSummary } from "./layer-summary.ts";
import type {
  InitializerDefinition,
  LayerDefinition,
  Parameter,
  ParameterPlan,
  ForwardContext,
  Buffer,
  LayerOutput,
} from "../definition.ts";
import { linkLayers, type LayerLink } from "./plan-layers.ts";
import { addPenaltyGradient, limitNorms, penaltyOf } from "./weight-size.ts";

/** A layer as the experiment file has it, its definition found and its options complete with defaults. */
export interface LayerChoice {
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
 * Arguments for building a model. `batchSize` is the largest number of examples per pass. `initializer` draws
 * the parameters that name none.
 */
export interface ModelContext {
  readonly backend: Backend;
  readonly batchSize: number;
  readonly rng: Rng;
  readonly initializer: {
    readonly definition: InitializerDefinition;
    readonly options: Record<string, unknown>;
  };
  /** What a parameter may name as an initializer of its own, by type. */
  readonly initializers?: ReadonlyMap<string, InitializerDefinition>;
}

/** A sequence of layers that has been built, with its parameters. */
export interface Model {
  readonly parameters: readonly Parameter[];
  /** What layers remember beside their parameters; a saved model needs both. */
  readonly state: readonly Buffer[];
  /** x (N, …input) → outputs (N, …output). */
  forward(x: Tensor, pass: ForwardContext): Tensor;
  /** What the size of the weights adds to the loss, training or not; 0 where no weights are regularized. */
  penalty(): number;
  /**
   * dy = ∂loss/∂outputs of the last forward pass; adds to the gradient of every parameter, that of the
   * penalty too. May overwrite dy.
   */
  backward(dy: Tensor, pass: ForwardContext): void;
  /**
   * Scales weights back that have a largest norm and are beyond it: to be called after each step of the
   * optimizer.
   */
  constrain(): void;
  /**
   * Where the numbers first stop being finite on the way of x through the network: to say why a loss is not.
   * Runs a forward pass. Undefined when all are finite, so that it is the loss itself that overflows.
   */
  firstNonFinite(x: Tensor, pass: ForwardContext): NonFinite | undefined;
}

/** The layer with infinite or undefined numbers. */
export interface NonFinite {
  /** Its place in `model.layers`: [3], or [3, "layers", 0] inside another. */
  readonly path: LayerPath;
  readonly type: string;
  /** Which time it is of a layer that is repeated, from 1; the outermost repetition first. */
  readonly times: readonly number[];
  /**
   * `weights`: a parameter is not finite already; `activations`: all are, and what the layer gives is not.
   */
  readonly what: "weights" | "activations";
}

/**
 * Fits the layers to each other, one after the other, from the shape of one example (without N). Throws
 * LayerError for the first layer that does not fit; its cause is what the layer threw, usually a ShapeError.
 */
export function planModel(layers: readonly LayerChoice[], inputShape: Shape): ModelPlan {
  checkLayerCount(layers);
  const links = linkLayers(layers, inputShape, []);
  const summaries = links.map(({ type, plan }) => summarize(type, plan));
  return {
    inputShape,
    outputShape: links.at(-1)?.plan.outputShape ?? inputShape,
    layers: summaries,
    parameters: summaries.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: summaries.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    build: (context) => buildModel(links, inputShape, context),
  };
}

/** A model is a chain of layers that owns their parameters. */
function buildModel(links: readonly LayerLink[], inputShape: Shape, context: ModelContext): Model {
  const { backend, batchSize } = context;
  const plan = planChain(links);
  const parameters = new Map(links.flatMap((link) => createParameters(link, context)));
  const state = new Map(links.flatMap((link) => createState(link, backend)));
  const chain = plan.build({
    backend,
    batchSize,
    inputShape,
    // The first layer with parameters needs no ∂loss/∂x: below it there is nothing to learn.
    needsInputGradient: false,
    alreadyActivated: false,
    rng: context.rng.fork("layers"),
    parameter: (name) => parameters.get(name)!,
    state: (name) => state.get(name)!,
    batch: (exampleShape) => new Batch(backend, batchSize, exampleShape),
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
    state: [...state.values()],

    forward: (x, pass) => chain.forward(x, pass),

    penalty() {
      let sum = 0;
      for (const { parameter, regularizer } of regularized) sum += penaltyOf(parameter.value, regularizer);
      return sum;
    },

    backward(dy, pass) {
      chain.backward(dy, pass);
      for (const { parameter, regularizer } of regularized) addPenaltyGradient(parameter, regularizer);
    },

    constrain() {
      for (const { value, maxNorm } of constrained) limitNorms(value, maxNorm);
    },

    firstNonFinite(x, pass) {
      let first: NonFinite | undefined;
      // The layers inside another come first: it is named itself where all of them are in order.
      const watch = ({ path, type, times, parameters, output }: LayerOutput): void => {
        if (first !== undefined) return;
        const weights = parameters.every(({ value }) => backend.allFinite(value));
        if (weights && backend.allFinite(output)) return;
        first = { path, type, times, what: weights ? "activations" : "weights" };
      };
      chain.forward(x, { ...pass, watch });
      return first;
    },
  };
}

/**
 * The parameters of a layer by their names in the chain. Each has a random stream of its own name, so its
 * start does not depend on what other layers drew.
 */
function createParameters({ name, path, plan }: LayerLink, context: ModelContext): [string, Parameter][] {
  const { backend } = context;
  const streams = context.rng.fork("weights");
  return Object.entries(plan.parameters ?? {}).map(([own, { shape, start, initializer }]) => {
    const fullName = `layers.${name}.${own}`;
    const value = backend.allocate(shape);
    if (start === "ones") value.data.fill(1);
    else if (typeof start === "object" && "constant" in start) value.data.fill(start.constant);
    else if (start !== "zeros") {
      const { definition, options } = initializerOf(path, initializer, context);
      initializeParameter(value, { definition, options, fan: start, rng: streams.fork(fullName) });
    }
    return [`${name}.${own}`, { name: fullName, value, gradient: backend.allocate(shape) }];
  });
}

/** The initializer that a parameter names, or the model's. */
function initializerOf(
  path: LayerPath,
  named: ParameterPlan["initializer"],
  { initializer, initializers }: ModelContext,
): ModelContext["initializer"] {
  if (named === undefined) return initializer;
  const { type, ...options } = named;
  const definition = initializers?.get(type);
  if (definition === undefined) throw new LayerError(path, `there is no initializer "${type}".`);
  return { definition, options };
}

function createState({ name, plan }: LayerLink, backend: Backend): [string, Buffer][] {
  return Object.entries(plan.state ?? {}).map(([own, { shape, start }]) => {
    const value = backend.allocate(shape);
    if (start === "ones") value.data.fill(1);
    return [`${name}.${own}`, { name: `layers.${name}.${own}`, value }];
  });
}
