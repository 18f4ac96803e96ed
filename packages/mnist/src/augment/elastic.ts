import { exp } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";
import { Resampler } from "../resampler.ts";

/**
 * new(p) = old(p + alpha·(G ∗ u)(p)), with u(p) uniform in [−1, 1]² for each pixel and G a Gaussian of standard deviation
 * sigma whose weights sum to 1. Simard, Steinkraus & Platt 2003, "Best practices for convolutional neural networks"; their
 * values for MNIST are alpha 34 and sigma 4. Outside the image u is 0.
 *
 * G is taken as far as 3·sigma, and it is separable: first along the rows, then along the columns.
 */
export const elastic = defineAugmentation({
  type: "elastic",
  description: "Bends the image as if it were on rubber: each pixel is moved, and near ones nearly alike.",
  options: Type.Object({
    alpha: Type.Number({
      minimum: 0,
      maximum: 10_000,
      default: 34,
      description: "How strongly; the pixels move by about 0.16 · alpha / sigma.",
    }),
    sigma: Type.Number({
      minimum: 0.1,
      maximum: 100,
      default: 4,
      description: "How wide a bend is, in pixels; small ones make the image ragged.",
    }),
  }),

  plan({ alpha, sigma }, format) {
    const { height, width } = format;
    const weights = gaussian(sigma);
    const random = new Float64Array(height * width * 2); // (H, W, 2): dx, dy
    const alongRows = new Float64Array(height * width * 2);
    const smooth = new Float64Array(height * width * 2);
    const resampler = new Resampler(format);

    return {
      repaint(draws, images, start) {
        for (let n = 0; n < random.length; n += 2) {
          const word = draws.word(); // 16 bits for each direction
          random[n] = ((word >>> 16) + 0.5) / 32768 - 1;
          random[n + 1] = ((word & 0xffff) + 0.5) / 32768 - 1;
        }
        smoothen(random, alongRows, height, 2 * width, width, 2, weights);
        smoothen(alongRows, smooth, width, 2, height, 2 * width, weights);
        resampler.distort(smooth, alpha, images, start);
      },
    };
  },
});

/** e^(−d² / (2·sigma²)) for d = −⌈3·sigma⌉, … ⌈3·sigma⌉, made to sum to 1. */
function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    exp((-(i - reach) * (i - reach)) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * out(i) = Σ_d weights(d) · x(i + d) along each of `lines` lines, which are `lineStep` apart and have `length` pairs of
 * numbers `step` apart.
 */
function smoothen(
  x: Float64Array,
  out: Float64Array,
  lines: number,
  lineStep: number,
  length: number,
  step: number,
  weights: Float64Array,
): void {
  const reach = (weights.length - 1) / 2;
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let i = 0; i < length; i++) {
      const first = Math.max(0, i - reach);
      const last = Math.min(length - 1, i + reach);
      let dx = 0;
      let dy = 0;
      for (let j = first; j <= last; j++) {
        const weight = weights[reach + j - i]!;
        dx += weight * x[start + j * step]!;
        dy += weight * x[start + j * step + 1]!;
      }
      out[start + i * step] = dx;
      out[start + i * step + 1] = dy;
    }
  }
}
