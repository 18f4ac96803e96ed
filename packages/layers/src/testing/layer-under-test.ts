import { Batch, createRng, type Activation, type Backend, type Shape, type Tensor } from "@nn/tensor";

import type { Layer, LayerDefinition, Parameter, ForwardContext, Buffer } from "../definition.ts";
import { planLayerWithDefaults } from "./plan-layer-with-defaults.ts";
import { copyTensor, type NamedArrays } from "./numbers.ts";

/** One configuration of a layer for the contract suite. */
export interface LayerConfiguration {
  /** The options as in an experiment file. Omitted options have their defaults. */
  readonly options?: Record<string, unknown>;
  /** The shape of one example, without N. */
  readonly inputShape: Shape;
  /** Inputs at which the layer has no derivative. The gradient check avoids them. Default: [0]. */
  readonly kinks?: readonly number[];
}

/** A layer outside a model, with its parameters and buffers by name. */
export interface LayerUnderTest {
  readonly layer: Layer;
  readonly outputShape: Shape;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly buffers: ReadonlyMap<string, Buffer>;
}

/**
 * Builds a layer outside a model, with random parameters and buffers, because a bias of zero would hide
 * errors.
 */
export function buildLayer(
  definition: LayerDefinition,
  { options = {}, inputShape }: LayerConfiguration,
  setting: {
    readonly backend: Backend;
    readonly batchSize: number;
    readonly needsInputGradient?: boolean;
    readonly alreadyActivated?: boolean;
    readonly fuse?: Activation;
  },
): LayerUnderTest {
  const { backend, batchSize, needsInputGradient = true, alreadyActivated = false } = setting;
  const plan = planLayerWithDefaults(definition, options, inputShape);
  const rng = createRng(7);

  const parameters = new Map<string, Parameter>();
  for (const [name, { shape }] of Object.entries(plan.parameters ?? {})) {
    const value = backend.allocate(shape);
    const stream = rng.fork("parameters").fork(name);
    for (let i = 0; i < value.data.length; i++) value.data[i] = stream.normal() / 2;
    parameters.set(name, { name, value, gradient: backend.allocate(shape) });
  }

  const buffers = new Map<string, Buffer>();
  for (const [name, { shape, initialization }] of Object.entries(plan.buffers ?? {})) {
    const value = backend.allocate(shape);
    const stream = rng.fork("state").fork(name);
    // Within ½ of the initial value, so that a variance stays positive.
    for (let i = 0; i < value.data.length; i++) {
      value.data[i] = (initialization === "ones" ? 1 : 0) + stream.uniform() - 0.5;
    }
    buffers.set(name, { name, value });
  }

  const named = <Named>(entries: ReadonlyMap<string, Named>, noun: string, name: string): Named => {
    const entry = entries.get(name);
    if (entry !== undefined) return entry;
    throw new Error(`${definition.type}: its plan declares no ${noun} "${name}".`);
  };
  const layer = plan.build({
    backend,
    batchSize,
    inputShape,
    needsInputGradient,
    alreadyActivated,
    rng: rng.fork("layer"),
    parameter: (name) => named(parameters, "parameter", name),
    buffer: (name) => named(buffers, "buffer", name),
    allocateBatch: (exampleShape) => new Batch(backend, batchSize, exampleShape),
  });
  if (setting.fuse !== undefined) layer.fuse?.(setting.fuse);
  return { layer, outputShape: plan.outputShape, parameters, buffers };
}

/** Runs one forward and one backward pass. Returns copies of y, dx and the gradient of every parameter. */
export function runLayer(
  { layer, parameters }: LayerUnderTest,
  backend: Backend,
  x: Tensor,
  dy: Tensor,
  pass: ForwardContext,
): NamedArrays {
  for (const { gradient } of parameters.values()) gradient.data.fill(0);
  const y = layer.forward(x, pass).data.slice();
  const dx = layer.backward(copyTensor(backend, dy), pass).data.slice();
  const gradients = [...parameters].map(
    ([name, { gradient }]) => [`d${name}`, gradient.data.slice()] as const,
  );
  return { y, dx, ...Object.fromEntries(gradients) };
}

/** Returns copies of the buffers of the layer. */
export function copyBuffers({ buffers }: LayerUnderTest): NamedArrays {
  return Object.fromEntries([...buffers].map(([name, { value }]) => [name, value.data.slice()]));
}
