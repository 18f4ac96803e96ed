import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** A tensor of any shape as a matrix: (first axis, product of the others). */
export function rowsOf(x: Tensor): number {
  return x.shape[0] ?? 1;
}

export function columnsOf(x: Tensor): number {
  return sizeOf(x.shape.slice(1));
}
