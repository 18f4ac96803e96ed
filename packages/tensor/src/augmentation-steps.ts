import type { Tensor } from "./tensor.ts";

/**
 * Operands of `Backend.resample`. In every channel, the number at column x and row y of image n is replaced
 * by the value of the original image at (u, v):
 *
 *     u = ((dx + xy·y) + xx·x) + strength·du        (xx, xy, dx, yx, yy, dy) = maps[n]; du and dv are the
 *     v = ((dy + yy·y) + yx·x) + strength·dv        displacement of the pixel, omitted if absent;
 *
 * u is clipped to −1 … W, v to −1 … H. The value is interpolated linearly between the four pixels p00, p01,
 * p10, p11 around (u, v); pixels outside the image are `black`. With the fractions fx = u − ⌊u⌋ and fy = v −
 * ⌊v⌋: top = p00 + fx·(p01 − p00), bottom = p10 + fx·(p11 − p10), value = top + fy·(bottom − top). Each
 * operation is rounded. If u or v is NaN, the value is NaN.
 */
export interface Resampling {
  /** (N, H, W, C), changed in place. */
  readonly x: Tensor;
  /** (N, 6) */
  readonly maps: Tensor;
  /** (H, N, 2, W): for each row of each image, the du of its W pixels, then their dv. */
  readonly displacements?: Tensor;
  /** Factor of the displacements; 0 if absent. */
  readonly strength?: number;
  readonly black: number;
}

/**
 * Operands of `Backend.addNoise`. The numbers x[2w] and x[2w + 1] of image n use one word of its stream,
 * `streamWord(keys[n], w)`. With r = radii[upper 12 bits] and (c, s) = directions[next 12 bits], x[2w]
 * becomes x[2w] + r·c, and x[2w + 1] becomes x[2w + 1] + r·s; products and sums are rounded. The results are
 * clipped to `low` … `high`, but NaN stays NaN.
 */
export interface GaussianNoise {
  /** (N, …), changed in place. */
  readonly x: Tensor;
  /** (N, 2): the key of each image's stream. */
  readonly keys: Int32Array;
  /** (4096) */
  readonly radii: Tensor;
  /** (4096, 2) */
  readonly directions: Tensor;
  readonly low: number;
  readonly high: number;
}
