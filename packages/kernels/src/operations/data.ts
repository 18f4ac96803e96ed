import type { Tensor } from "@nn/tensor";

import type { Engine } from "../engine.ts";

export function gather(
  engine: Engine,
  source: Uint8Array,
  rowLength: number,
  indices: Int32Array,
  scale: number,
  out: Tensor,
): void {
  engine.kernels.gather(
    engine.addressOf(source),
    rowLength,
    engine.addressOf(indices),
    indices.length,
    scale,
    engine.address(out),
  );
}
