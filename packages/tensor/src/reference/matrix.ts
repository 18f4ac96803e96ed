import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Returns the number of rows of a tensor seen as a matrix: the size of its first axis, or 1 for a scalar. */
export function rowsOf(x: Tensor): number {
  return x.shape[0] ?? 1;
}

/** Returns the number of columns of a tensor seen as a matrix: the product of all axes except the first. */
export function columnsOf(x: Tensor): number {
  return sizeOf(x.shape.slice(1));
}
