import type { Window } from "./backend.ts";

/**
 * How a convolution computes its sums: term by term, or in tiles. Both are part of the contract, because they
 * round differently.
 */
export type ConvolutionMethod = "direct" | "winograd";

/**
 * Returns the method for all three operations of a convolution: Winograd's minimal filtering F(2×2, 3×3)
 * where it is faster. It needs 3×3 weights, stride and dilation 1, one group, and at least 16 channels, 16
 * filters and 3×3 outputs. The method depends only on shapes, never on the size of the batch.
 * bench/kernels.ts measures both.
 *
 * Lavin & Gray 2016. The outputs are divided into tiles of 2×2. With an odd number of outputs, the last tile
 * has zeros for dy where there is no output. A tile uses 4×4 pixels d, zeros outside the image. Each
 * transform is one of the functions below, of a column from top to bottom, then of a row from left to right;
 * each + and − is one rounding, and so is each ½ (exact but for the smallest numbers).
 *
 *     input(d0, d1, d2, d3)  = d0 − d2, d1 + d2, d2 − d1, d3 − d1                        4×4 pixels of a channel → V
 *     weights(g0, g1, g2)    = g0, ½((g0 + g2) + g1), ½((g0 + g2) − g1), g2              3×3 weights of (c, f) → U
 *     output(m0, m1, m2, m3) = (m0 + m1) + m2, (m1 − m2) + m3                            M → 2×2 outputs of a filter
 *     gradient(y0, y1)       = y0, y0 + y1, y0 − y1, y1                                  2×2 of dy → dM
 *     back(u0, u1, u2, u3)   = u0 + ½(u1 + u2), ½(u1 − u2), ½(u1 + u2) + u3              dU → 3×3 of dw
 *
 * - `convolve`: at each of the 16 places M = Σ_c V·U, c ascending, from +0; then output, bias and activation.
 * - `convolveInputGradient`: the same convolution of dy, with the weights rotated by 180 degrees, channels
 *   and filters exchanged (so the sum is over f, ascending), padding 2 − padTop and 2 − padLeft, and tiles of
 *   2×2 pixels of dx.
 * - `convolveWeightGradient`: at each place dU = Σ V·dM over all tiles, (n, ty, tx) ascending, from +0; then
 *   back, and dw + that.
 *
 * NaN and infinity are never hidden, but spread: one pixel that is not finite may make all outputs of its
 * tiles NaN.
 */
export function convolutionMethod(
  window: Window,
  groups: number,
  channels: number,
  filters: number,
): ConvolutionMethod {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = window;
  const isPlain =
    kernelHeight === 3 &&
    kernelWidth === 3 &&
    strideHeight * strideWidth * dilationHeight * dilationWidth * groups === 1;
  const isLarge = Math.min(channels, filters) >= 16 && Math.min(window.outputHeight, window.outputWidth) >= 3;
  return isPlain && isLarge ? "winograd" : "direct";
}
