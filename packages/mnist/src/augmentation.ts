import { markDefinition, type Definition } from "@nn/catalog";
import type { Backend, FloatArray, Shape, Tensor } from "@nn/tensor";
import type { Static, TObject } from "typebox";

import type { AffineTransform } from "./augment/shared/affine-transform.ts";

/**
 * A random change of training images. Each file in `augment/` exports one, made with `defineAugmentation`.
 */
export interface AugmentationDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Whether it mixes the images of a batch and their labels. If so, `plan` returns a MixTransform. */
  readonly mixes?: boolean;
  /** Returns whether these options leave all images unchanged. Default: false. */
  isIdentity?(options: Static<Options>): boolean;
  /**
   * Returns descriptions of likely mistakes for images of this shape (H, W, C). They are sentences without a
   * final period.
   */
  notices?(options: Static<Options>, exampleShape: Shape): string[];
  /** Allocates tables and buffers, so that augmenting an image allocates nothing. */
  plan(options: Static<Options>, format: ImageFormat): Augmentation;
}

/**
 * Maximum number of images that are augmented at once. It limits the size of the buffers, and their
 * displacements fit in the processor's cache.
 */
export const IMAGES_PER_CHUNK = 64;

/** The format of the images to augment: their backend, their size, and the values of black and white. */
export interface ImageFormat {
  /** The backend whose memory contains the images. */
  readonly backend: Backend;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Pixels outside an image are black. */
  readonly black: number;
  readonly white: number;
}

/** A random generator for one augmentation of one image in one epoch. */
export interface RandomGenerator {
  /** Returns 32 random bits, 0 … 2³² − 1. */
  uint32(): number;
  /** Returns a uniform number in [0, 1). */
  uniform(): number;
  /** Returns a uniform number from `low` to `high`. */
  uniformBetween(low: number, high: number): number;
  /** Returns one of `low`, `low` + 1, … `high`, all equally likely. */
  integer(low: number, high: number): number;
}

/**
 * An augmentation of single images, each with its own random numbers, or of a whole batch with shared random
 * numbers.
 */
export type Augmentation = GeometricTransform | PixelTransform | BatchTransform | MixTransform;

/**
 * Transforms the coordinates of the pixels. Consecutive geometric transforms are combined, so that each pixel
 * is interpolated only once.
 */
export interface GeometricTransform {
  /** Appends the inverse of the transform to `map`, because `map` converts new coordinates to old ones. */
  transformCoordinates(rng: RandomGenerator, map: AffineTransform): void;
}

/** Changes the pixels of the image (H, W, C) that starts at `images[start]`, in place. */
export interface PixelTransform {
  transformPixels(rng: RandomGenerator, images: FloatArray, start: number): void;
}

/** Changes several images at once, with operations of the backend. */
export interface BatchTransform {
  /**
   * Changes images (N, H, W, C) in place; N is at most IMAGES_PER_CHUNK. `keys` (N, 2) contains the key of
   * each image's stream.
   */
  transformBatch(keys: Int32Array, images: Tensor): void;
}

/** Mixes each image of a batch with the next one and the last with the first, and their labels likewise. */
export interface MixTransform {
  /**
   * Changes images (N, H, W, C) in place. Returns the weight λ of an image's own label. The other label has
   * the weight 1 − λ.
   */
  mix(rng: RandomGenerator, images: FloatArray): number;
}

/** Defines an augmentation. The option type of `plan` follows from the schema of its options. */
export function defineAugmentation<Options extends TObject>(
  definition: AugmentationDefinition<Options>,
): AugmentationDefinition<Options> {
  return markDefinition("augmentation", definition);
}
