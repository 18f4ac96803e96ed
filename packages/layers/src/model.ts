import { Batch, formatShape, ShapeError, sizeOf, type Backend } from "@nn/tensor";
import type { Rng, Shape, Tensor } from "@nn/tensor";

import { checkedBackward, checkedForward, type BuiltLayer } from "./first-pass.ts";
import { LayerError } from "./layer-error.ts";
import type { InitializerDefinition, LayerDefinition, LayerPlan, Parameter, Pass } from "./definition.ts";

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
  readonly initializer: {
    readonly definition: InitializerDefinition;
    readonly options: Record<string, unknown>;
  };
}

export interface Model {
  readonly parameters: readonly Parameter[];
  /** x (N, …input) → outputs (N, …output). */
  forward(x: Tensor, pass: Pass): Tensor;
  /** dy = ∂loss/∂outputs of the last forward pass; adds to the gradient of every parameter. May overwrite dy. */
  backward(dy: Tensor, pass: Pass): void;
  /**
   * Where the numbers first stop being finite on the way of x through the network: to say why a loss is not. Runs a
   * forward pass. Undefined when all are finite, so that it is the loss itself that overflows.
   */
  firstNonFinite(x: Tensor, pass: Pass): NonFinite | undefined;
}

/** The layer with infinite or undefined numbers, by its place in `model.layers`. */
export interface NonFinite {
  readonly index: number;
  readonly type: string;
  /** `weights`: a parameter is not finite already; `activations`: all are, and what the layer gives is not. */
  readonly what: "weights" | "activations";
}

/**
 * Fits the layers to each other, one after the other, from the shape of one example (without N).
 * Throws LayerError for the first layer that does not fit; its cause is what the layer threw, usually a ShapeError.
 */
export function planModel(layers: readonly LayerChoice[], inputShape: Shape): ModelPlan {
  const planned: PlannedLayer[] = [];
  let shape = inputShape;
  for (const [index, choice] of layers.entries()) {
    const plan = planLayer(choice, index, shape);
    planned.push({ type: choice.definition.type, inputShape: shape, plan });
    shape = plan.outputShape;
  }

  const summaries = planned.map(summarize);
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

function planLayer({ definition, options }: LayerChoice, index: number, inputShape: Shape): LayerPlan {
  let plan: LayerPlan;
  try {
    plan = definition.plan(options, inputShape);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const report = cause instanceof ShapeError ? message : `${definition.type}: its plan failed: ${message}`;
    throw new LayerError(index, report, { cause });
  }
  // A layer of one's own may be mistaken about its shape: said here, before buffers are made from it.
  const { outputShape } = plan;
  if (
    !Array.isArray(outputShape) ||
    !outputShape.every((extent) => Number.isInteger(extent) && extent >= 1)
  ) {
    const got = Array.isArray(outputShape) ? formatShape(outputShape) : String(outputShape);
    throw new LayerError(
      index,
      `${definition.type}: its plan must give an outputShape of whole numbers from 1, got ${got}.`,
    );
  }
  return plan;
}

function summarize({ type, plan }: PlannedLayer): LayerSummary {
  const parameters = Object.values(plan.parameters ?? {});
  return {
    type,
    outputShape: plan.outputShape,
    parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    multiplyAdds: plan.multiplyAdds ?? 0,
  };
}

function buildModel(planned: readonly PlannedLayer[], context: ModelContext): Model {
  const { backend, batchSize } = context;
  const layerStreams = context.rng.fork("layers");
  const built: BuiltLayer[] = [];
  let parametersSoFar = 0;
  let fused = false;

  for (const [index, { type, inputShape, plan }] of planned.entries()) {
    const own = createParameters(index, plan, context);
    const layer = plan.build({
      backend,
      batchSize,
      inputShape,
      // The first layer with parameters needs no ∂loss/∂x: below it there is nothing to learn.
      needsInputGradient: parametersSoFar > 0,
      alreadyActivated: fused,
      rng: layerStreams.fork(index),
      parameter(name) {
        const parameter = own.get(name);
        if (parameter === undefined) {
          throw new LayerError(
            index,
            `${type}: its plan names no parameter "${name}", but its build asks for it.`,
          );
        }
        return parameter;
      },
      batch: (exampleShape) => new Batch(backend, batchSize, exampleShape),
    });
    built.push({
      type,
      layer,
      inputShape,
      outputShape: plan.outputShape,
      needsInputGradient: parametersSoFar > 0,
      parameters: [...own.values()],
    });
    parametersSoFar += own.size;

    const activation = planned[index + 1]?.plan.activation;
    fused = activation !== undefined && layer.fuse !== undefined;
    if (activation !== undefined) layer.fuse?.(activation);
  }

  // Backward goes down to the first layer that learns, and no further.
  const learning = built.slice(built.findIndex(({ parameters }) => parameters.length > 0));
  const downwards = parametersSoFar > 0 ? learning.map(({ layer }) => layer).toReversed() : [];

  // A layer of one's own may not do what its plan says: the first pass looks, the others trust.
  let forwardIsChecked = false;
  let backwardIsChecked = false;

  return {
    parameters: built.flatMap(({ parameters }) => parameters),

    forward(x, pass) {
      if (!forwardIsChecked) {
        forwardIsChecked = true;
        return checkedForward(built, x, pass);
      }
      for (const { layer } of built) x = layer.forward(x, pass);
      return x;
    },

    backward(dy, pass) {
      if (!backwardIsChecked) {
        backwardIsChecked = true;
        checkedBackward(built, downwards.length, dy, pass);
        return;
      }
      for (const layer of downwards) dy = layer.backward(dy, pass);
    },

    firstNonFinite(x, pass) {
      for (const [index, { type, layer, parameters }] of built.entries()) {
        if (!parameters.every(({ value }) => backend.allFinite(value)))
          return { index, type, what: "weights" };
        x = layer.forward(x, pass);
        if (!backend.allFinite(x)) return { index, type, what: "activations" };
      }
      return undefined;
    },
  };
}

/** Each parameter has a random stream of its own name, so its start does not depend on what other layers drew. */
function createParameters(index: number, plan: LayerPlan, context: ModelContext): Map<string, Parameter> {
  const { backend, initializer } = context;
  const streams = context.rng.fork("weights");
  const parameters = new Map<string, Parameter>();
  for (const [ownName, { shape, start }] of Object.entries(plan.parameters ?? {})) {
    const name = `layers.${index}.${ownName}`;
    const value = backend.allocate(shape);
    if (start === "ones") value.data.fill(1);
    else if (start !== "zeros")
      initializer.definition.fill(initializer.options, value, start, streams.fork(name));
    parameters.set(ownName, { name, value, gradient: backend.allocate(shape) });
  }
  return parameters;
}
