import type { Window } from "./backend.ts";

/**
 * The algorithm of a convolution: direct sums, or Winograd's tiles. The choice is part of the contract,
 * because the two algorithms round differently.
 */
export type ConvolutionMethod = "direct" | "winograd";

/**
 * Returns the method for a convolution and both of its gradients. The method is "winograd", Winograd's
 * minimal filtering F(2×2, 3×3), for 3×3 weights, stride and dilation 1, one group, and at least 16 channels,
 * 16 filters and 3×3 outputs. There it is faster; bench/kernels.ts measures both methods. The batch size has
 * no influence.
 *
 * The Winograd method follows Lavin & Gray (2016). The outputs are divided into tiles of 2×2. If the output
 * size is odd, the last tile extends beyond the output, where dy is 0. A tile uses 4×4 pixels d, with zeros
 * outside the image. Each transform applies one of the functions below to each column from top to bottom,
 * then to each row of the result from left to right. Each +, each − and each multiplication by ½ is rounded
 * once.
 *
 *     input(d0, d1, d2, d3)  = d0 − d2, d1 + d2, d2 − d1, d3 − d1                        4×4 pixels of a channel → V
 *     weights(g0, g1, g2)    = g0, ½((g0 + g2) + g1), ½((g0 + g2) − g1), g2              3×3 weights of (c, f) → U
 *     output(m0, m1, m2, m3) = (m0 + m1) + m2, (m1 − m2) + m3                            M → 2×2 outputs of a filter
 *     gradient(y0, y1)       = y0, y0 + y1, y0 − y1, y1                                  2×2 of dy → dM
 *     back(u0, u1, u2, u3)   = u0 + ½(u1 + u2), ½(u1 − u2), ½(u1 + u2) + u3              dU → 3×3 of dw
 *
 * - `convolve`: at each of the 16 positions of a tile, M = Σ_c V·U, c ascending, from +0; then the output
 *   transform, the bias and the activation.
 * - `convolveInputGradient`: the same method applied to dy, with the weights rotated by 180 degrees, channels
 *   and filters exchanged (so the sum is over f, ascending), padding 2 − padTop and 2 − padLeft, and tiles of
 *   2×2 pixels of dx.
 * - `convolveWeightGradient`: at each of the 16 positions, dU = Σ V·dM over all tiles, (n, ty, tx) ascending,
 *   from +0; then `back` is applied, and its result is added to dw.
 *
 * NaN and infinity always propagate. They can also spread: a non-finite pixel can make all outputs of its
 * tiles NaN.
 */
export function chooseConvolutionMethod(
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
