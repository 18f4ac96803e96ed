import type { Window } from "./backend.ts";

/**
 * How the sums of a convolution run: term by term, or in tiles. Both are part of the contract, as they round
 * differently.
 */
export type ConvolutionMethod = "direct" | "winograd";

/**
 * Winograd's minimal filtering F(2×2, 3×3) where it pays: 3×3 weights, stride and dilation 1, one group, 16
 * channels, 16 filters and 3×3 outputs at least. It depends on shapes alone, never on the size of the batch,
 * and decides for all three operations. bench/kernels.ts times both sides.
 *
 * Lavin & Gray 2016. The outputs are cut into tiles of 2×2; the last of an odd number has zeros for dy where
 * there is no output. A tile sees 4×4 pixels d, zeros outside the image. Each transform is one of the
 * functions below, of a column from top to bottom, then of a row from left to right; each + and − is one
 * rounding, and so is each ½ (exact but for the smallest numbers).
 *
 *     input(d0, d1, d2, d3)  = d0 − d2, d1 + d2, d2 − d1, d3 − d1                        4×4 pixels of a channel → V
 *     weights(g0, g1, g2)    = g0, ½((g0 + g2) + g1), ½((g0 + g2) − g1), g2              3×3 weights of (c, f) → U
 *     output(m0, m1, m2, m3) = (m0 + m1) + m2, (m1 − m2) + m3                            M → 2×2 outputs of a filter
 *     gradient(y0, y1)       = y0, y0 + y1, y0 − y1, y1                                  2×2 of dy → dM
 *     back(u0, u1, u2, u3)   = u0 + ½(u1 + u2), ½(u1 − u2), ½(u1 + u2) + u3              dU → 3×3 of dw
 *
 * - `convolve`: at each of the 16 places M = Σ_c V·U, c ascending, from +0; then output, bias and activation.
 * - `convolveInputGradient`: the same convolution of dy, with the weights turned by 180 degrees, channels and
 *   filters exchanged (so
 *   f is summed over, ascending), padding 2 − padTop and 2 − padLeft, and tiles of 2×2 pixels of dx.
 * - `convolveWeightGradient`: at each place dU = Σ V·dM over all tiles, (n, ty, tx) ascending, from +0; then
 *   back, and dw + that.
 *
 * NaN and infinity stay visible, and spread: one pixel that is not finite may make all outputs of its tiles
 * NaN.
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
