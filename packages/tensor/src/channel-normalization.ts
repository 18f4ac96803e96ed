import type { Activation } from "./activation.ts";
import type { Tensor } from "./tensor.ts";

// The operations of batch-norm and group-norm. x is treated as S segments of P rows and C channels, (S, P,
// C). Each channel of each segment is normalized separately. For batch-norm, the batch is one segment. With
// one segment per example, each image is normalized separately.

/**
 * Block size, in rows, of a sum over rows. Channel sums are float32 within a block and float64 across blocks.
 */
export const BLOCK_ROWS = 64;

/**
 * Operands of `Backend.channelMoments`: mean μ and biased variance σ² of each channel of each segment, in one
 * pass over memory. For a block of n rows: c = (Σ x) / n, d = x − c, s = Σ d, q = Σ d²; the sums run in index
 * order from +0, each operation rounded. Then the blocks are combined in index order, in float64 (Chan, Golub
 * & LeVeque 1979). With t rows before the block and w = n / (t + n), starting from μ = 0 and M = 0: δ = (c +
 * s / n) − μ; M += (q − s·(s / n)) + (δ·δ)·(t·w); μ += δ·w. Finally, σ² = max(M, 0) / P.
 */
export interface ChannelMoments {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, C) */
  readonly mean: Tensor;
  /** (S, C) */
  readonly variance: Tensor;
}

/**
 * Operands of `Backend.normalizeChannels`: out = activation((x − mean)·scale + shift), each operation
 * rounded.
 */
export interface ChannelNormalization {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, C) */
  readonly mean: Tensor;
  /** (S, C) */
  readonly scale: Tensor;
  /** (C), shared by all segments. */
  readonly shift: Tensor;
  readonly activation?: Activation;
  /** (S, P, C) */
  readonly out: Tensor;
}

/**
 * Operands of `Backend.channelGradientSums`: sum = Σ dy and projection = Σ dy·(x − mean) over the rows of
 * each segment. Within a block, rows are added in index order from +0, each operation rounded. Blocks are
 * added in float64, in index order from +0, and the result is rounded.
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

/**
 * Operands of `Backend.channelInputGradient`: out = (dy·slope − offset) − (x − mean)·inputSlope, each
 * operation rounded. `out` may be `dy`.
 */
export interface ChannelInputGradient {
  /** (S, P, C) */
  readonly x: Tensor;
  /** (S, P, C) */
  readonly dy: Tensor;
  /** (S, C), like the next three. */
  readonly mean: Tensor;
  readonly slope: Tensor;
  readonly offset: Tensor;
  readonly inputSlope: Tensor;
  /** (S, P, C) */
  readonly out: Tensor;
}
