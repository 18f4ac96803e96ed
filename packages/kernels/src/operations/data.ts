import type { Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import { ELEMENT_COST } from "../threads/split.ts";

/** out[n, i] = source[indices[n], i] · scale; see `Backend.gather`. */
export function gather(
  engine: Engine,
  source: Uint8Array,
  rowLength: number,
  indices: Int32Array,
  scale: number,
  out: Tensor,
): void {
  const [sourceAddress, indexAddress] = [engine.arrayAddress(source), engine.arrayAddress(indices)];
  const outAddress = engine.address(out);
  const { length } = indices;
  engine.run(
    engine.kernels.gather,
    { extent: length, grain: 1, work: ELEMENT_COST * length * rowLength },
    (from, to) => [
      sourceAddress,
      rowLength,
      indexAddress + from * BYTES_PER_FLOAT,
      to - from,
      scale,
      outAddress + from * rowLength * BYTES_PER_FLOAT,
    ],
  );
}
