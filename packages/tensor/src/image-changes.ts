import type { Tensor } from "./tensor.ts";

/**
 * The number at column x and row y of image n becomes the one at the place (u, v) of the old image, in every
 * channel:
 *
 *     u = ((dx + xy·y) + xx·x) + strength·du        (xx, xy, dx, yx, yy, dy) = maps[n]; du and dv are the
 *     v = ((dy + yy·y) + yx·x) + strength·dv        displacement of the pixel, left out where there is none;
 *
 * u cut off at −1 and W, v at −1 and H. Between the four pixels p00, p01, p10, p11 around it, black outside
 * the image, with the fractions fx = u − ⌊u⌋, fy = v − ⌊v⌋: top = p00 + fx·(p01 − p00), bottom = p10 +
 * fx·(p11 − p10), x = top + fy·(bottom − top). Each operation rounded. A place that is NaN gives NaN.
 */
export interface Resampling {
  /** (N, H, W, C), changed in place. */
  readonly x: Tensor;
  /** (N, 6) */
  readonly maps: Tensor;
  /** (H, N, 2, W): for each row of each image du of all its pixels, then dv. */
  readonly displacements?: Tensor;
  /** What displacements are multiplied by. */
  readonly strength?: number;
  readonly black: number;
}

/**
 * Two numbers of an image take one word of its stream, `streamWord(keys[n], w)`: with r = radii[the upper 12
 * bits] and (c, s) = directions[the next 12], x[2w] + r·c and x[2w + 1] + r·s, product and sum rounded, then
 * cut off at `low` and `high`; NaN stays.
 */
export interface Noise {
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
