import type { Activation } from "./activation.ts";
import type { Tensor } from "./tensor.ts";

// The operations under batch-norm and group-norm. Numbers are normalized channel by channel in S segments of
// P rows: x counts as (S, P, C). A batch is one segment; with one segment an example, each image is taken by
// itself. S and C are the shape of `mean`.

/** Sums over rows are float32 within blocks of so many rows, and float64 from block to block. */
export const ROWS_OF_BLOCK = 64;

/**
 * Mean μ and (biased) variance σ² of each channel of each segment, in one pass over memory. In a block of n
 * rows, ascending: c = (Σ x) / n, d = x − c, s = Σ d, q = Σ d², from +0, each operation rounded. Then the
 * blocks are joined in ascending order, in float64 (Chan, Golub & LeVeque 1979). With t rows before the block
 * and w = n / (t + n), from μ = 0, M = 0: δ = (c + s / n) − μ; M += (q − s·(s / n)) + (δ·δ)·(t·w); μ += δ·w.
 * In the end σ² = M / P, an M below zero counting as 0.
 */
export interface ChannelMoments {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, C) */
  readonly mean: Tensor;
  /** (S, C) */
  readonly variance: Tensor;
}

/** out = activation((x − mean)·scale + shift), each operation rounded. */
export interface ChannelNormalization {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, C) */
  readonly mean: Tensor;
  /** (S, C) */
  readonly scale: Tensor;
  /** (C): the same for all segments. */
  readonly shift: Tensor;
  readonly activation?: Activation;
  /** (S, P, C) */
  readonly out: Tensor;
}

/**
 * sum = Σ dy and projection = Σ dy·(x − mean) over the rows of each segment: within a block from +0, rows
 * ascending, each operation rounded; the blocks in float64, ascending from +0; rounded in the end.
 */
export interface ChannelGradientSums {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, P, C) */
  readonly dy: Tensor;
  /** (S, C) */
  readonly mean: Tensor;
  /** (S, C) */
  readonly sum: Tensor;
  /** (S, C) */
  readonly projection: Tensor;
}

/** out = (dy·slope − offset) − (x − mean)·pull, each operation rounded. `out` may be `dy`. */
export interface ChannelInputGradient {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, P, C) */
  readonly dy: Tensor;
  /** (S, C), as are the next three. */
  readonly mean: Tensor;
  readonly slope: Tensor;
  readonly offset: Tensor;
  readonly pull: Tensor;
  /** (S, P, C) */
  readonly out: Tensor;
}
