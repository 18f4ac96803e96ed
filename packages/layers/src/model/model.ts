import { Batch, formatShape, ShapeError, type Backend } from "@nn/tensor";
import type { Rng, Shape, Tensor } from "@nn/tensor";

import { checkedBackward, checkedForward, type BuiltLayer } from "./first-pass.ts";
import { initializeParameter } from "./initialize-parameter.ts";
import { checkLayerCount } from "./layer-count.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import { summarize, type LayerSummary } from "./layer-summary.ts";
import type {
  InitializerDefinition,
  LayerDefinition,
  LayerPlan,
  Parameter,
  ParameterPlan,
  ForwardContext,
  Buffer,
  LayerOutput,
} from "../definition.ts";
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
  const planned: PlannedLayer[] = [];
  let shape = inputShape;
  for (const [index, choice] of layers.entries()) {
    const plan = planLayer(choice, [index], shape);
    planned.push({ type: choice.definition.type, inputShape: shape, plan });
    shape = plan.outputShape;
  }

  const summaries = planned.map(({ type, plan }) => summarize(type, plan));
  return {
    inputShape,
    outputShape: shape,
    layers: summaries,
    parameters: summaries.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: summaries.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    build: (context) => buildModel(planned, context),
  };
}

interface PlannedLayer {
  readonly type: string;
  readonly inputShape: Shape;
  readonly plan: LayerPlan;
}

/** Plans one layer, and checks the plan. `path`: its place, for the error. */
export function planLayer(
  { definition, options }: LayerChoice,
  path: LayerPath,
  inputShape: Shape,
): LayerPlan {
  let plan: LayerPlan;
  try {
    plan = definition.plan(options, inputShape);
  } catch (cause) {
    // A layer among its options does not fit: what was said there holds, with the way to it.
    if (cause instanceof LayerError) throw new LayerError([...path, ...cause.path], cause.message, { cause });
    const message = cause instanceof Error ? cause.message : String(cause);
    const report = cause instanceof ShapeError ? message : `${definition.type}: its plan failed: ${message}`;
    throw new LayerError(path, report, { cause });
  }
  // A layer of one's own may be mistaken about its shape: said here, before buffers are made from it.
  const { outputShape } = plan;
  if (
    !Array.isArray(outputShape) ||
    !outputShape.every((extent) => Number.isInteger(extent) && extent >= 1)
  ) {
    const got = Array.isArray(outputShape) ? formatShape(outputShape) : String(outputShape);
    throw new LayerError(
      path,
      `${definition.type}: its plan must give an outputShape of whole numbers from 1, got ${got}.`,
    );
  }
  if (typeof plan.build !== "function") {
    throw new LayerError(
      path,
      `${definition.type}: its plan must give a build function, got ${typeof plan.build}.`,
    );
  }
  return plan;
}

function buildModel(planned: readonly PlannedLayer[], context: ModelContext): Model {
  const { backend, batchSize } = context;
  const layerStreams = context.rng.fork("layers");
  const built: BuiltLayer[] = [];
  let parametersSoFar = 0;
  let fused = false;

  for (const [index, { type, inputShape, plan }] of planned.entries()) {
    const own = createParameters(index, plan, context);
    const remembered = createState(index, plan, backend);
    const named = <Named>(entries: ReadonlyMap<string, Named>, noun: string, name: string): Named => {
      const entry = entries.get(name);
      if (entry !== undefined) return entry;
      throw new LayerError(index, `${type}: its plan names no ${noun} "${name}", but its build asks for it.`);
    };
    const layer = plan.build({
      backend,
      batchSize,
      inputShape,
      // The first layer with parameters needs no ∂loss/∂x: below it there is nothing to learn.
      needsInputGradient: parametersSoFar > 0,
      alreadyActivated: fused,
      rng: layerStreams.fork(index),
      parameter: (name) => named(own, "parameter", name),
      state: (name) => named(remembered, "state", name),
      batch: (exampleShape) => new Batch(backend, batchSize, exampleShape),
    });
    built.push({
      type,
      layer,
      inputShape,
      outputShape: plan.outputShape,
      needsInputGradient: parametersSoFar > 0,
      parameters: [...own.values()],
      state: [...remembered.values()],
    });
    parametersSoFar += own.size;

    const activation = planned[index + 1]?.plan.activation;
    fused = activation !== undefined && layer.fuse !== undefined;
    if (activation !== undefined) layer.fuse?.(activation);
  }

  const planOf = new Map(
    planned.flatMap(({ plan }, index) =>
      Object.entries(plan.parameters ?? {}).map(([name, own]) => [parameterName(index, name), own] as const),
    ),
  );
  const parameters = built.flatMap(({ parameters }) => parameters);
  const regularized = parameters.flatMap((parameter) => {
    const regularizer = planOf.get(parameter.name)?.regularizer;
    return regularizer === undefined ? [] : [{ parameter, regularizer }];
  });
  const constrained = parameters.flatMap(({ name, value }) => {
    const maxNorm = planOf.get(name)?.maxNorm;
    return maxNorm === undefined ? [] : [{ value, maxNorm }];
  });

  // Backward goes down to the first layer that learns, and no further.
  const learning = built.slice(built.findIndex(({ parameters }) => parameters.length > 0));
  const downwards = parametersSoFar > 0 ? learning.map(({ layer }) => layer).toReversed() : [];

  // A layer of one's own may not do what its plan says: the first pass looks, the others trust.
  let forwardIsChecked = false;
  let backwardIsChecked = false;

  return {
    parameters,
    state: built.flatMap(({ state }) => state),

    forward(x, pass) {
      if (!forwardIsChecked) {
        forwardIsChecked = true;
        return checkedForward(built, x, pass);
      }
      for (const { layer } of built) x = layer.forward(x, pass);
      return x;
    },

    penalty() {
      let sum = 0;
      for (const { parameter, regularizer } of regularized) sum += penaltyOf(parameter.value, regularizer);
      return sum;
    },

    backward(dy, pass) {
      if (backwardIsChecked) {
        for (const layer of downwards) dy = layer.backward(dy, pass);
      } else {
        backwardIsChecked = true;
        checkedBackward(built, downwards.length, dy, pass);
      }
      for (const { parameter, regularizer } of regularized) addPenaltyGradient(parameter, regularizer);
    },

    constrain() {
      for (const { value, maxNorm } of constrained) limitNorms(value, maxNorm);
    },

    firstNonFinite(x, pass) {
      let first: NonFinite | undefined;
      const look = ({ path, type, times, parameters, output }: LayerOutput): void => {
        if (first !== undefined) return;
        const weights = parameters.every(({ value }) => backend.allFinite(value));
        if (weights && backend.allFinite(output)) return;
        first = { path, type, times, what: weights ? "activations" : "weights" };
      };
      for (const [index, { type, layer, parameters }] of built.entries()) {
        // The layers inside it come first: it is named itself where all of them are in order.
        const watch = (part: LayerOutput): void => look({ ...part, path: [index, ...part.path] });
        x = layer.forward(x, { ...pass, watch });
        look({ path: [index], type, times: [], parameters, output: x });
        if (first !== undefined) return first;
      }
      return undefined;
    },
  };
}

/**
 * Each parameter has a random stream of its own name, so its start does not depend on what other layers drew.
 */
function createParameters(index: number, plan: LayerPlan, context: ModelContext): Map<string, Parameter> {
  const { backend } = context;
  const streams = context.rng.fork("weights");
  const parameters = new Map<string, Parameter>();
  for (const [ownName, { shape, start, initializer }] of Object.entries(plan.parameters ?? {})) {
    const name = parameterName(index, ownName);
    const value = backend.allocate(shape);
    if (start === "ones") value.data.fill(1);
    else if (typeof start === "object" && "constant" in start) value.data.fill(start.constant);
    else if (start !== "zeros") {
      const { definition, options } = initializerOf(index, initializer, context);
      initializeParameter(value, { definition, options, fan: start, rng: streams.fork(name) });
    }
    parameters.set(ownName, { name, value, gradient: backend.allocate(shape) });
  }
  return parameters;
}

function parameterName(index: number, ownName: string): string {
  return `layers.${index}.${ownName}`;
}

/** The initializer that a parameter names, or the model's. */
function initializerOf(
  index: number,
  named: ParameterPlan["initializer"],
  { initializer, initializers }: ModelContext,
): ModelContext["initializer"] {
  if (named === undefined) return initializer;
  const { type, ...options } = named;
  const definition = initializers?.get(type);
  if (definition === undefined) throw new LayerError(index, `there is no initializer "${type}".`);
  return { definition, options };
}

function createState(index: number, plan: LayerPlan, backend: Backend): Map<string, Buffer> {
  const state = new Map<string, Buffer>();
  for (const [ownName, { shape, start }] of Object.entries(plan.state ?? {})) {
    const value = backend.allocate(shape);
    if (start === "ones") value.data.fill(1);
    state.set(ownName, { name: `layers.${index}.${ownName}`, value });
  }
  return state;
}
