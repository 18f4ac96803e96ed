import { layers as catalog, resolveLayer, type LayerDefinition, type ResolvedLayer } from "@nn/layers";
import { encodeSafetensors, type StoredTensor } from "@nn/results";
import { createNetworkMetadata, type SavedNetwork } from "@nn/training";
import { Type } from "typebox";

import { torchExports } from "./torch-exports.ts";
import { TorchScope } from "./torch-scope.ts";

/** The layout of the tensors, for programs that read the file. */
const LAYOUT =
  "as in PyTorch: nn.Linear (outputs, inputs), nn.Conv2d (filters, channels per group, height, width); a dense " +
  "layer after flatten expects images flattened as (H, W, C)";

/**
 * Encodes a network as the bytes of a safetensors file in PyTorch's layout: weights are transposed, and named
 * like those of PyTorch's modules. `layers.1.weight` is the weight of `self.layers[1]` of a module whose
 * `self.layers` is an nn.Sequential with one module per layer of the experiment. Tensors of custom layers are
 * unchanged. The metadata is that of model.safetensors, with the format "pt". The same network gives the same
 * bytes.
 */
export function encodeTorch(network: SavedNetwork): Uint8Array {
  return encodeSafetensors(createTorchTensors(network), {
    format: "pt",
    layout: LAYOUT,
    ...createNetworkMetadata(network),
  });
}

/** Returns the tensors of `encodeTorch` by name. */
export function createTorchTensors({ spec, tensors }: SavedNetwork): ReadonlyMap<string, StoredTensor> {
  const written = new Map<string, StoredTensor>();
  const exportLayers = (layers: readonly ResolvedLayer[], scope: TorchScope): void => {
    for (const [index, { definition, options }] of layers.entries()) {
      const run = torchExports[definition.type];
      if (run === undefined) scope.child(index).copyAll();
      else run(options, scope.child(index));
    }
  };
  const layers = spec.model.layers.map((block) =>
    resolveLayer(block, { find: (type) => catalog.get(type) ?? unknownLayer(type) }),
  );
  exportLayers(layers, new TorchScope(tensors, written, "layers", exportLayers));
  return written;
}

/** Placeholder for a custom layer. Only its type is needed. */
function unknownLayer(type: string): LayerDefinition {
  return {
    type,
    description: "",
    options: Type.Object({}),
    plan() {
      throw new Error(`the layer "${type}" is not loaded`);
    },
  };
}
