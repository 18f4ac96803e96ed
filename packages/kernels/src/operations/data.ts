import type { Tensor } from "@nn/tensor";

import { FLOAT, type Engine } from "../engine.ts";
import { NUMBER } from "../threads/split.ts";

/** out[n, i] = source[indices[n], i] · scale; see `Backend.gather`. */
export function gather(
  engine: Engine,
  source: Uint8Array,
  rowLength: number,
  indices: Int32Array,
  scale: number,
  out: Tensor,
): void {
  const [sourceAddress, indexAddress] = [engine.addressOf(source), engine.addressOf(indices)];
  const outAddress = engine.address(out);
  const { length } = indices;
  engine.run(
    engine.kernels.gather,
    { extent: length, grain: 1, work: NUMBER * length * rowLength },
    (from, to) => [
      sourceAddress,
      rowLength,
      indexAddress + from * FLOAT,
      to - from,
      scale,
      outAddress + from * rowLength * FLOAT,
    ],
  );
}
