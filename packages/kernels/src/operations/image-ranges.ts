import type { Tensor } from "@nn/tensor";

import { getLastAxisSize, BYTES_PER_FLOAT } from "../engine.ts";
import type { Split } from "../threads/split.ts";

/** Splits by images. Each number of `out` (or dy) costs one multiply-add per weight of its filter. */
export function splitByImages(out: Tensor, weight: Tensor): Split {
  const terms = weight.data.length / getLastAxisSize(weight);
  return { extent: out.shape[0]!, grain: 1, work: out.data.length * terms };
}

/** Returns the size in bytes of one image of a batch (N, H, W, C). */
export function computeImageBytes({ data, shape }: Tensor): number {
  return (data.length / shape[0]!) * BYTES_PER_FLOAT;
}
