import { asKind, type Definition } from "@nn/catalog";
import type { Backend, FloatArray, Tensor } from "@nn/tensor";
import type { Static, TObject } from "typebox";

import type { AffineMap } from "./augment/shared/affine-map.ts";

/**
 * A random change of training images: one file in `augment/` that exports one of these, made by
 * `defineAugmentation`.
 */
export interface AugmentationDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Whether it mixes the images of a batch, and so their labels: then it plans a Mixing. */
  readonly mixes?: boolean;
  /** Tables and buffers are made here, once: changing an image allocates nothing. */
  plan(options: Static<Options>, format: ImageFormat): Augmentation;
}

/**
 * How many images are changed at once: their displacements stay in the processor's cache, and no buffer grows
 * with the batch.
 */
export const IMAGES_PER_PORTION = 64;

/**
 * The images that are changed: where they are, their size, and the numbers that black and white pixels are.
 */
export interface ImageFormat {
  /** The images are in its memory. */
  readonly backend: Backend;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** What lies outside an image is black. */
  readonly black: number;
  readonly white: number;
}

/** The random numbers of one augmentation of one image in one epoch. */
export interface RandomDraws {
  /** 32 bits, 0 … 2³² − 1. */
  word(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform from `low` to `high`. */
  between(low: number, high: number): number;
  /** One of `low`, `low` + 1, … `high`, each as likely as the others. */
  integer(low: number, high: number): number;
}

/**
 * What is done to images, each with the random numbers that belong to it; or to a whole batch, with those of
 * the batch.
 */
export type Augmentation = GeometricTransform | PixelTransform | Transformation | Mixing;

/** Moves the image as a whole. Movements that follow each other are one: each pixel is interpolated once. */
export interface GeometricTransform {
  /**
   * Adds the movement to `map`, by the inverse of what happens to the image: `map` leads from new pixels to
   * old ones.
   */
  move(draws: RandomDraws, map: AffineMap): void;
}

/** Changes the pixels in place: those of the image (H, W, C) that begins at `images[start]`. */
export interface PixelTransform {
  repaint(draws: RandomDraws, images: FloatArray, start: number): void;
}

/** Changes several images at once, by operations of the backend. */
export interface Transformation {
  /**
   * Changes images (N, H, W, C) in place, N at most PORTION. keys (N, 2): the key of each image's own stream.
   */
  transform(keys: Int32Array, images: Tensor): void;
}

/**
 * Mixes the images of a batch, each with the one after it and the last with the first, and their labels
 * alike.
 */
export interface Mixing {
  /**
   * Changes images (N, H, W, C) in place; returns the share λ of an image's own label, 1 − λ being that of
   * the other's.
   */
  mix(draws: RandomDraws, images: FloatArray): number;
}

/** Gives `plan` the type of the options its schema describes. */
export function defineAugmentation<Options extends TObject>(
  definition: AugmentationDefinition<Options>,
): AugmentationDefinition<Options> {
  return asKind("augmentation", definition);
}
