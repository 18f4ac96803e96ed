import type { permute as Permute } from "@nn/layers/layers/permute";
import type { reshape as Reshape } from "@nn/layers/layers/reshape";
import { countElements } from "@nn/tensor";

import type { LayerExport } from "../layer-export.ts";

/** A layer that does nothing in evaluation mode. */
export const identity: LayerExport = (_options, x) => x;

/** Flattens in the order (H, W, C), as this project's layer. */
export const flatten: LayerExport = (_options, x, scope) => {
  const size = countElements(x.shape);
  return { name: scope.reshape(scope.channelsLast(x).name, [size]), shape: [size], channelsFirst: false };
};

/** Reshapes in the order (H, W, C). */
export const reshape: LayerExport<typeof Reshape> = ({ shape }, x, scope) => {
  const known = countElements(shape.filter((extent) => extent !== -1));
  const complete = shape.map((extent) => (extent === -1 ? countElements(x.shape) / known : extent));
  return { name: scope.reshape(scope.channelsLast(x).name, complete), shape: complete, channelsFirst: false };
};

/** Transpose. The batch stays the first axis. */
export const permute: LayerExport<typeof Permute> = ({ axes }, x, scope) => ({
  name: scope.transpose(scope.channelsLast(x).name, [0, ...axes.map((axis) => axis + 1)]),
  shape: axes.map((axis) => x.shape[axis]!),
  channelsFirst: false,
});
