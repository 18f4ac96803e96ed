import { layers as catalog, resolveLayer, type ResolvedLayer } from "@nn/layers";
import {
  createNetworkMetadata,
  getProbabilityFunction,
  type ProbabilityFunction,
  type SavedNetwork,
} from "@nn/training";

import { ExportError } from "../errors.ts";
import { encodeModel } from "./encode-model.ts";
import { GraphBuilder } from "./graph-builder.ts";
import type { OnnxGraph, OnnxModel } from "./graph.ts";
import { LayerScope, type OnnxValue } from "./layer-export.ts";
import { layerExports } from "./layer-exports.ts";

const PROBABILITY_OPERATORS = {
  softmax: "Softmax",
  sigmoid: "Sigmoid",
  identity: "Identity",
} as const satisfies Record<ProbabilityFunction, string>;

/** The size limit of a protobuf file in bytes. */
const MAX_BYTES = 2 ** 31;

/**
 * Encodes a network as the bytes of an .onnx file. Like `predict`, the graph computes "logits" (the outputs
 * of the last layer) and "probabilities" from images of bytes. See `createOnnxModel`. The same network gives
 * the same bytes. Throws ExportError if the network has a custom layer or more than 2 GB of weights.
 */
export function encodeOnnx(network: SavedNetwork): Uint8Array {
  let bytes = 0;
  for (const { data } of network.tensors.values()) bytes += 4 * data.length;
  if (bytes >= MAX_BYTES) {
    throw new ExportError(
      `${network.source}: its weights have ${bytes} bytes, but an ONNX file has at most 2 GB. ` +
        `Export it with --to safetensors.`,
    );
  }
  return encodeModel(createOnnxModel(network));
}

/**
 * Converts a network to an ONNX graph in evaluation mode, with the metadata of model.safetensors.
 *
 * Input "image": (N, H, W, C), float32, 0 … 255. Outputs, float32: "logits" (N, classes), and "probabilities"
 * (N, classes), which are a function of the logits (`getProbabilityFunction`).
 */
export function createOnnxModel(network: SavedNetwork): OnnxModel {
  const graph = buildGraph(network);
  return { graph, metadata: createNetworkMetadata(network) };
}

function buildGraph({ spec, inputShape, classes, normalization, tensors, source }: SavedNetwork): OnnxGraph {
  const builder = new GraphBuilder();
  const find = (type: string) => {
    const definition = catalog.get(type);
    if (definition !== undefined && Object.hasOwn(layerExports, type)) return definition;
    throw new ExportError(
      `${source}: the custom layer "${type}" cannot be exported to ONNX. Export the network ` +
        `with --to safetensors and reimplement the layer, or train a network without custom layers.`,
    );
  };
  const exportLayers = (list: readonly ResolvedLayer[], x: OnnxValue, scope: LayerScope): OnnxValue =>
    list.reduce(
      (value, { definition, options }, index) =>
        layerExports[definition.type]!(options, value, scope.child(index)),
      x,
    );
  const layers = spec.model.layers.map((block) => resolveLayer(block, { find }));
  const scope = new LayerScope(builder, tensors, "layers", exportLayers);

  // Pixels are normalized as in training: (byte − mean) / deviation, or byte / 255.
  const { mean, deviation } = normalization ?? { mean: 0, deviation: 255 };
  const centered =
    normalization === undefined ? "image" : builder.add("normalize", "Sub", ["image", builder.scalar(mean)]);
  const pixels = builder.add("normalize", "Div", [centered, builder.scalar(deviation)]);
  const output = exportLayers(layers, { name: pixels, shape: inputShape, channelsFirst: false }, scope);

  const toProbabilities = PROBABILITY_OPERATORS[getProbabilityFunction(spec)];
  const attributes = toProbabilities === "Softmax" ? { axis: { int: -1 } } : {};
  const { name } = scope.channelsLast(output);
  builder.nodes.push(
    { name: "logits", operator: "Identity", inputs: [name], outputs: ["logits"], attributes: {} },
    {
      name: "probabilities",
      operator: toProbabilities,
      inputs: ["logits"],
      outputs: ["probabilities"],
      attributes,
    },
  );
  return {
    name: "network",
    nodes: builder.nodes,
    initializers: builder.initializers,
    inputs: [{ name: "image", shape: inputShape }],
    outputs: [
      { name: "logits", shape: [classes] },
      { name: "probabilities", shape: [classes] },
    ],
  };
}
