import type { Tensor } from "./tensor.ts";

// The operations of layer-norm and rms-norm: each row of x, D numbers, is normalized separately.
//
// S(…) is the sum over a row, in blocks of 512 numbers. Within a block, number j is added to the partial sum
// with index j mod 8, in index order from +0, each operation rounded. The eight partial sums are added as
// ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)), each operation rounded. The blocks are added in float64,
// in index order from +0.

/** Block size of a row sum: float32 within a block, float64 across blocks. */
export const SUM_BLOCK_SIZE = 512;

/**
 * Operands of `Backend.normalizeRows`. mean μ = S(x) / D, rounded, or 0 if `mean` is absent. d = x − μ; scale
 * r = 1/√(S(d·d) / D + ε), evaluated in float64 and rounded once. out = (d·r)·weight + bias, each operation
 * rounded.
 */
export interface RowNormalization {
  /** (R, D) */
  readonly x: Tensor;
  /** (D) */
  readonly weight: Tensor;
  /** (D) */
  readonly bias: Tensor;
  /** Not rounded to the backend's precision. */
  readonly epsilon: number;
  /** (R), an output. If absent, no mean is subtracted. */
  readonly mean?: Tensor;
  /** (R), an output. */
  readonly scale: Tensor;
  /** (R, D) */
  readonly out: Tensor;
}

/**
 * Operands of `Backend.normalizeRowsBackward`. With n = (x − mean)·scale and g = dy·weight: out = scale·((g −
 * S(g) / D) − n·(S(g·n) / D)), each operation rounded; the quotients are computed in float64, then rounded.
 * If `mean` is absent, S(g) / D is 0. `out` may be `dy`.
 *
 * weightGradient += Σ dy·n, biasGradient += Σ dy, with the sums over the rows. Rows are added in blocks of
 * 64, in index order from +0, each operation rounded. Then each block's sum is added to the gradient, in
 * index order.
 */
export interface RowNormalizationGradient {
  /** (R, D) */
  readonly x: Tensor;
  /** (R, D) */
  readonly dy: Tensor;
  /** (D) */
  readonly weight: Tensor;
  /** (R) */
  readonly mean?: Tensor;
  /** (R) */
  readonly scale: Tensor;
  /** (D) */
  readonly weightGradient?: Tensor;
  /** (D) */
  readonly biasGradient?: Tensor;
  /** (R, D) */
  readonly out: Tensor;
}
