import type { Augmentation, Draws } from "../src/augmentation.ts";
import { AffineMap } from "../src/affine-map.ts";
import { imageFormat } from "../src/augmenter.ts";
import { Resampler } from "../src/resampler.ts";

/** An image (H, W) with one number a pixel. */
export type Picture = readonly (readonly number[])[];

/** The picture whose pixel (x, y) has the number `pixel(x, y)`. */
export function picture(width: number, height: number, pixel: (x: number, y: number) => number): number[][] {
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixel(x, y)));
}

/** The pixel of a picture, black outside. */
export function at(old: Picture, x: number, y: number): number {
  return old[y]?.[x] ?? 0;
}

/** What becomes of a picture that is moved so. */
export function moved(old: Picture, map: AffineMap): number[][] {
  const [height, width] = [old.length, old[0]!.length];
  const data = Float64Array.from(old.flat());
  new Resampler(imageFormat([height, width, 1], 0, 1)).move(map, data, 0);
  return picture(width, height, (x, y) => data[y * width + x]!);
}

/** The map of these augmentations, one after the other, when all numbers drawn are the same share of their range. */
export function mapOf(augmentations: readonly Augmentation[], share: number): AffineMap {
  const map = new AffineMap();
  for (const augmentation of augmentations)
    if ("move" in augmentation) augmentation.move(drawsOf(share), map);
  return map;
}

/** Draws that are always the same share of their range: 0 the lowest, 1 the highest. */
export function drawsOf(share: number): Draws {
  const between = (low: number, high: number): number => low + (high - low) * share;
  return {
    word: () => Math.floor(share * 4294967295),
    uniform: () => share,
    between,
    integer: (low, high) => Math.round(between(low, high)),
  };
}
