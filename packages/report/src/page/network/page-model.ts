import { layers as catalog, planLayers, resolveLayer, type Layer, type LayerPath } from "@nn/layers";
import { Batch, createReferenceBackend, createRng, type Backend, type Tensor } from "@nn/tensor";

import type { ReportNetwork } from "../../data/network-data.ts";
import { decodeTensors } from "./decode-tensors.ts";

/** The output of a layer for one image. */
export interface LayerActivation {
  readonly type: string;
  readonly path: LayerPath;
  /** Shape without the batch axis N. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A trained network that runs in the page, one image at a time. */
export interface PageModel {
  readonly network: ReportNetwork;
  /** Parameters and buffers by name, such as `layers.1.weight`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Returns the probability of each class for the bytes (H, W, C) of an image. */
  probabilities(image: Uint8Array): number[];
  /** Returns the output of each layer, in the order of the forward pass. */
  activations(image: Uint8Array): LayerActivation[];
  /** Returns ∂output[label]/∂pixel (H, W, C): how each pixel increases or decreases the output of a class. */
  saliency(image: Uint8Array, label: number): Float32Array;
}

/**
 * Builds the network on the reference backend, from the same layers that trained it. Throws Error if a tensor
 * of the file does not fit its layer.
 */
export function buildPageModel(network: ReportNetwork): PageModel {
  const backend = createReferenceBackend("float32");
  const find = (type: string) => {
    const definition = catalog.get(type);
    if (definition === undefined) throw new Error(`There is no layer of type "${type}".`);
    return definition;
  };
  const { inputShape } = network;
  const plan = planLayers(
    network.layers.map((choice) => resolveLayer(choice, { find })),
    inputShape,
    [],
  );
  const tensors = decodeTensors(network, backend);
  const valueOf = (name: string): Tensor => {
    const value = tensors.get(`layers.${name}`);
    if (value === undefined) throw new Error(`The network has no tensor "layers.${name}".`);
    return value;
  };
  const layer: Layer = plan.build({
    backend,
    batchSize: 1,
    inputShape,
    // In training, the backward pass stops at the first weights. Here it continues to the pixels.
    needsInputGradient: true,
    alreadyActivated: false,
    rng: createRng(0),
    parameter: (name) => {
      const value = valueOf(name);
      return { name, value, gradient: backend.allocate(value.shape) };
    },
    buffer: (name) => ({ name, value: valueOf(name) }),
    allocateBatch: (exampleShape) => new Batch(backend, 1, exampleShape),
  });
  const pass = { training: false, step: 0 } as const;

  return {
    network,
    tensors,
    probabilities(image) {
      const outputs = Array.from(layer.forward(toInput(network, backend, image), pass).data);
      return CONVERSIONS[network.probabilityFunction](outputs);
    },
    activations(image) {
      const found: LayerActivation[] = [];
      layer.forward(toInput(network, backend, image), {
        ...pass,
        onOutput: ({ type, path, output }) => {
          found.push({ type, path, shape: output.shape.slice(1), values: Float32Array.from(output.data) });
        },
      });
      return found;
    },
    saliency(image, label) {
      const outputs = layer.forward(toInput(network, backend, image), pass);
      const gradient = backend.allocate(outputs.shape);
      gradient.data[label] = 1;
      return Float32Array.from(layer.backward(gradient, pass).data);
    },
  };
}

/** Returns the normalized pixels: (1, H, W, C). */
function toInput({ inputShape, normalization }: ReportNetwork, backend: Backend, image: Uint8Array): Tensor {
  const input = backend.allocate([1, ...inputShape]);
  for (const [at, byte] of image.entries())
    input.data[at] =
      normalization === null ? byte / 255 : (byte - normalization.mean) / normalization.deviation;
  return input;
}

const CONVERSIONS = {
  softmax,
  sigmoid: sigmoids,
  identity: (outputs) => [...outputs],
} satisfies Record<ReportNetwork["probabilityFunction"], (outputs: readonly number[]) => number[]>;

function softmax(outputs: readonly number[]): number[] {
  const largest = Math.max(...outputs);
  const powers = outputs.map((output) => Math.exp(output - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function sigmoids(outputs: readonly number[]): number[] {
  return outputs.map((output) => 1 / (1 + Math.exp(-output)));
}
