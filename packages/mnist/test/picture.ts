import { createReferenceBackend, type Shape } from "@nn/tensor";

import type {
  Augmentation,
  RandomGenerator,
  ImageFormat,
  GeometricTransform,
  BatchTransform,
} from "../src/augmentation.ts";
import { AffineTransform } from "../src/augment/shared/affine-transform.ts";
import { getImageFormat } from "../src/augmenter.ts";
import { createGeometricTransform } from "../src/augment/shared/geometric-transform.ts";

const reference = createReferenceBackend("float64");

/** Returns the format of float64 images, by default from black 0 to white 1. */
export function createImageFormat(shape: Shape, black = 0, white = 1): ImageFormat {
  return getImageFormat(reference, shape, black, white);
}

/** An image (H, W) with one number per pixel. */
export type Picture = readonly (readonly number[])[];

/** Creates a picture whose pixel (x, y) is `pixel(x, y)`. */
export function createPicture(
  width: number,
  height: number,
  pixel: (x: number, y: number) => number,
): number[][] {
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixel(x, y)));
}

/** Returns the pixel of a picture; black outside it. */
export function getPixel(old: Picture, x: number, y: number): number {
  return old[y]?.[x] ?? 0;
}

/** Transforms a picture with this map. */
export function transformPicture(old: Picture, map: AffineTransform): number[][] {
  const [height, width] = [old.length, old[0]!.length];
  const images = reference.allocate([1, height, width, 1]);
  images.data.set(old.flat());
  const { data } = images;
  createGeometricTransform([createMapTransform(map)], createImageFormat([height, width, 1])).transformBatch(
    new Int32Array(2),
    images,
  );
  return createPicture(width, height, (x, y) => data[y * width + x]!);
}

/** A geometric transform that always applies this map. */
export function createMapTransform({ xx, xy, dx, yx, yy, dy }: AffineTransform): GeometricTransform {
  return { transformCoordinates: (_rng, map) => map.append(xx, xy, dx, yx, yy, dy) };
}

/** Returns an augmentation that changes several images at once. Throws for any other. */
export function getBatchTransform(augmentation: Augmentation): BatchTransform {
  if (!("transformBatch" in augmentation)) throw new Error("it transforms no images");
  return augmentation;
}

/**
 * Returns the map of these augmentations, one after the other, if all draws are the same share of their
 * range.
 */
export function combineMaps(augmentations: readonly Augmentation[], share: number): AffineTransform {
  const map = new AffineTransform();
  for (const augmentation of augmentations)
    if ("transformCoordinates" in augmentation)
      augmentation.transformCoordinates(createConstantRng(share), map);
  return map;
}

/** Draws that are always the same share of their range: 0 the lowest, 1 the highest. */
export function createConstantRng(share: number): RandomGenerator {
  const between = (low: number, high: number): number => low + (high - low) * share;
  return {
    uint32: () => Math.floor(share * 4294967295),
    uniform: () => share,
    uniformBetween: between,
    integer: (low, high) => Math.round(between(low, high)),
  };
}
