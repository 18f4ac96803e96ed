import type { Tensor } from "./tensor.ts";

// The operations under layer-norm and rms-norm: each row of x, D numbers, is normalized by itself.
//
// S(…), the sum over a row: in stretches of 512 numbers, number j goes to sum j mod 8, ascending from +0,
// each operation rounded. The eight sums are added as ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)),
// rounded; the stretches in float64, ascending from +0.

/** How many numbers of a row are summed before float64 goes on. */
export const STRETCH = 512;

/**
 * mean μ = S(x) / D, rounded, or 0 where `mean` is left out. d = x − μ; scale r = 1/√(S(d·d) / D + ε), in
 * float64 from the sum on, rounded once. out = (d·r)·weight + bias, each operation rounded.
 */
export interface RowNormalization {
  /** (R, D) */
  readonly x: Tensor;
  /** (D) */
  readonly weight: Tensor;
  /** (D) */
  readonly bias: Tensor;
  /** Not rounded to the precision. */
  readonly epsilon: number;
  /** (R): written. Left out: no mean is subtracted. */
  readonly mean?: Tensor;
  /** (R): written. */
  readonly scale: Tensor;
  /** (R, D) */
  readonly out: Tensor;
}

/**
 * With n = (x − mean)·scale and g = dy·weight: out = scale·((g − S(g) / D) − n·(S(g·n) / D)), each operation
 * rounded, the quotients divided in float64; without `mean` nothing stands for S(g). `out` may be `dy`.
 *
 * weightGradient += Σ dy·n, biasGradient += Σ dy over the rows: in blocks of 64 rows, ascending from +0, each
 * operation rounded, and the blocks added to the gradient one after the other.
 */
export interface RowInputGradient {
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
