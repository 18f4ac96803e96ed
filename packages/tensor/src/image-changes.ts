import type { Tensor } from "./tensor.ts";

/**
 * Operands of `Backend.resample`. The number at column x and row y of image n becomes the number at (u, v) of
 * the old image, in every channel:
 *
 *     u = ((dx + xy·y) + xx·x) + strength·du        (xx, xy, dx, yx, yy, dy) = maps[n]; du and dv are the
 *     v = ((dy + yy·y) + yx·x) + strength·dv        displacement of the pixel, omitted if absent;
 *
 * u is clipped to −1 … W, v to −1 … H. The result is interpolated between the four pixels p00, p01, p10, p11
 * around (u, v), with `black` outside the image and the fractions fx = u − ⌊u⌋, fy = v − ⌊v⌋: top = p00 +
 * fx·(p01 − p00), bottom = p10 + fx·(p11 − p10), x = top + fy·(bottom − top). Each operation is rounded. If u
 * or v is NaN, the result is NaN.
 */
export interface Resampling {
  /** (N, H, W, C), changed in place. */
  readonly x: Tensor;
  /** (N, 6) */
  readonly maps: Tensor;
  /** (H, N, 2, W): for each row of each image, du of all its pixels, then dv. */
  readonly displacements?: Tensor;
  /** Factor of the displacements. */
  readonly strength?: number;
  readonly black: number;
}

/**
 * Operands of `Backend.addNoise`. Two numbers of an image use one word of its stream, `streamWord(keys[n],
 * w)`: with r = radii[the upper 12 bits] and (c, s) = directions[the next 12], x[2w] + r·c and x[2w + 1] +
 * r·s, product and sum rounded, then clipped to `low` … `high`; NaN stays NaN.
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
