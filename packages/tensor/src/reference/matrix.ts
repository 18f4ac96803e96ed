import { countElements } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Returns the number of rows of a tensor seen as a matrix: the size of its first axis, or 1 for a scalar. */
export function countRows(x: Tensor): number {
  return x.shape[0] ?? 1;
}

/** Returns the number of columns of a tensor seen as a matrix: the product of all axes except the first. */
export function countColumns(x: Tensor): number {
  return countElements(x.shape.slice(1));
}
