import type { Shape } from "./shape.ts";

/** The numbers of a tensor in the precision of its backend. */
export type FloatArray = Float32Array | Float64Array;

/**
 * A shape and its numbers in row-major order. The numbers are in the memory of a backend, so always create
 * tensors with `Backend.allocate`. A custom layer can read and write `data` directly.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly data: FloatArray;
}
