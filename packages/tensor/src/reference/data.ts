import type { Tensor } from "../tensor.ts";
import type { Round } from "./rounding.ts";

/** out[n, i] = source[indices[n], i] · scale. out (N, rowLength) determines N; `indices` may be longer. */
export function gather(
  round: Round,
  source: Uint8Array,
  rowLength: number,
  indices: Int32Array,
  scale: number,
  out: Tensor,
): void {
  const factor = round(scale);
  const N = out.data.length / rowLength;
  for (let n = 0; n < N; n++) {
    const from = indices[n]! * rowLength;
    for (let i = 0; i < rowLength; i++) out.data[n * rowLength + i] = round(source[from + i]! * factor);
  }
}

/** Returns whether every number is finite. */
export function allFinite(x: Tensor): boolean {
  return x.data.every(Number.isFinite);
}
