import type { Shape } from "./shape.ts";

/** The numbers of a tensor in the precision of its backend. */
export type FloatArray = Float32Array | Float64Array;

/**
 * A shape and the numbers in row-major order. The numbers lie in memory that a backend owns, so a tensor is
 * made by `Backend.allocate`, never by hand; reading and writing `data` directly is fine and is how a layer
 * of one's own is written.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly data: FloatArray;
}
