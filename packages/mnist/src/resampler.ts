import type { FloatArray } from "@nn/tensor";

import type { AffineMap } from "./affine-map.ts";
import type { ImageFormat } from "./augmentation.ts";

/** Coordinates are whole multiples of 1/65536 pixel: so a shift by pixels and a quarter turn are exact. */
const ONE = 65536;
/** Black pixels around the image: one that a neighbour may be, one for the pixel after it. */
const BORDER = 2;

/**
 * Computes images anew from other places of themselves, with bilinear interpolation:
 *
 *     v(x, y) = (1 − fy)·((1 − fx)·p00 + fx·p01) + fy·((1 − fx)·p10 + fx·p11)
 *
 * where fx, fy are the fractions of the place, p00 … p11 the four pixels around it. Outside the image all is black.
 */
export class Resampler {
  readonly #format: ImageFormat;
  /** The pixels of one channel with their border, (H + 2·BORDER, stride). */
  readonly #pixels: Float64Array;
  readonly #stride: number;

  constructor(format: ImageFormat) {
    this.#format = format;
    this.#stride = format.width + 2 * BORDER;
    this.#pixels = new Float64Array((format.height + 2 * BORDER) * this.#stride).fill(format.black);
  }

  /** Moves the image (H, W, C) at `images[start]` in place: each pixel comes from where `map` says. */
  move(map: AffineMap, images: FloatArray, start: number): void {
    const { height, width, channels } = this.#format;
    const stepX = Math.round(map.xx * ONE);
    const stepY = Math.round(map.yx * ONE);
    const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
    // The place of the pixel (0, 0) of the new image; from row to row it goes on by (xy, yy).
    const originX = middleX + map.dx - map.xx * middleX - map.xy * middleY;
    const originY = middleY + map.dy - map.yx * middleX - map.yy * middleY;
    for (let channel = 0; channel < channels; channel++) {
      this.#load(images, start + channel);
      for (let y = 0; y < height; y++) {
        const x0 = Math.round((originX + map.xy * y) * ONE);
        const y0 = Math.round((originY + map.yy * y) * ONE);
        const row = start + channel + y * width * channels;
        this.#moveRow(x0, y0, stepX, stepY, images, row);
      }
    }
  }

  /** One row of a channel of the new image: pixel x comes from (x0 + x·stepX, y0 + x·stepY). */
  #moveRow(x0: number, y0: number, stepX: number, stepY: number, images: FloatArray, row: number): void {
    const { height, width, channels, black } = this.#format;
    const first = Math.max(0, firstInside(x0, stepX, width), firstInside(y0, stepY, height));
    const last = Math.min(width - 1, lastInside(x0, stepX, width), lastInside(y0, stepY, height));
    const pixels = this.#pixels;
    const stride = this.#stride;

    const end = row + width * channels;
    if (first > last) {
      for (let to = row; to < end; to += channels) images[to] = black;
      return;
    }
    let to = row;
    for (; to < row + first * channels; to += channels) images[to] = black;
    // Positive from here on, and small: 32 bits hold them, and a shift to the right is the floor.
    let fromX = (x0 + first * stepX + BORDER * ONE) | 0;
    let fromY = (y0 + first * stepY + BORDER * ONE) | 0;
    for (let x = first; x <= last; x++) {
      const at = (fromY >> 16) * stride + (fromX >> 16);
      const fx = (fromX & (ONE - 1)) * (1 / ONE);
      const fy = (fromY & (ONE - 1)) * (1 / ONE);
      const p00 = pixels[at]!;
      const p10 = pixels[at + stride]!;
      const top = p00 + fx * (pixels[at + 1]! - p00);
      const bottom = p10 + fx * (pixels[at + stride + 1]! - p10);
      images[to] = top + fy * (bottom - top);
      to += channels;
      fromX += stepX;
      fromY += stepY;
    }
    for (; to < end; to += channels) images[to] = black;
  }

  /**
   * Distorts the image (H, W, C) at `images[start]` in place: pixel (x, y) comes from (x, y) + factor · (dx, dy), where
   * `displacements` (H, W, 2) has dx and dy of each pixel.
   */
  distort(displacements: Float64Array, factor: number, images: FloatArray, start: number): void {
    const { height, width, channels } = this.#format;
    const pixels = this.#pixels;
    const stride = this.#stride;
    for (let channel = 0; channel < channels; channel++) {
      this.#load(images, start + channel);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const n = y * width + x;
          const fromX = between(BORDER - 1, x + BORDER + factor * displacements[2 * n]!, width + BORDER);
          const fromY = between(BORDER - 1, y + BORDER + factor * displacements[2 * n + 1]!, height + BORDER);
          const column = fromX | 0;
          const line = fromY | 0;
          const at = line * stride + column;
          const fx = fromX - column;
          const fy = fromY - line;
          const top = pixels[at]! + fx * (pixels[at + 1]! - pixels[at]!);
          const bottom = pixels[at + stride]! + fx * (pixels[at + stride + 1]! - pixels[at + stride]!);
          images[start + n * channels + channel] = top + fy * (bottom - top);
        }
      }
    }
  }

  /** Copies one channel of an image, whose first number is `images[from]`, into the border. */
  #load(images: FloatArray, from: number): void {
    const { height, width, channels } = this.#format;
    let at = from;
    for (let y = 0; y < height; y++) {
      const row = (y + BORDER) * this.#stride + BORDER;
      for (let x = 0; x < width; x++) {
        this.#pixels[row + x] = images[at]!;
        at += channels;
      }
    }
  }
}

// A place is inside while a pixel of the image is one of its four: −1 < place < extent, in multiples of 1 / ONE.

/** The first x ≥ 0 at which start + x·step is inside, if any x is. */
function firstInside(start: number, step: number, extent: number): number {
  if (step === 0) return start > -ONE && start < extent * ONE ? 0 : Infinity;
  const entry = step > 0 ? 1 - ONE : extent * ONE - 1;
  return Math.ceil((entry - start) / step);
}

/** The last x at which start + x·step is inside, if any x is. */
function lastInside(start: number, step: number, extent: number): number {
  if (step === 0) return Infinity;
  const exit = step > 0 ? extent * ONE - 1 : 1 - ONE;
  return Math.floor((exit - start) / step);
}

function between(low: number, value: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
