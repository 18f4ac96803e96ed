import type { Rng } from "@nn/tensor";

import { DatasetError } from "./errors.ts";

/** The indices of the training images and of the validation images. Both are in ascending order. */
export interface SplitIndices {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Draws `validation` of `count` training images with `rng` and holds them out; 0 holds out none. Throws
 * DatasetError if no image is left to train on.
 */
export function splitValidation(count: number, validation: number, rng: Rng): SplitIndices {
  requireTrainingImages(count, validation);
  const drawn = arange(count);
  if (validation > 0) rng.shuffle(drawn);
  return { training: drawn.slice(validation).sort(), validation: drawn.slice(0, validation).sort() };
}

/** Throws DatasetError if holding out `validation` of `count` training images leaves no image to train on. */
export function requireTrainingImages(count: number, validation: number): void {
  if (validation < count) return;
  throw new DatasetError(
    `dataset.validation: expected fewer than the ${count} images of the training set, got ${validation}. ` +
      `Hold out fewer images, so that some are left to train on.`,
  );
}

/** Returns 0, 1, … count − 1. */
export function arange(count: number): Int32Array {
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) indices[i] = i;
  return indices;
}

/**
 * Shuffles `indices` into `out`, the order of an epoch, and returns `out`. The order depends only on the
 * random stream and not on earlier epochs. Pass `createRng(seed).fork("shuffle").fork(epoch)`, so that a
 * resumed run has the same orders as an uninterrupted one.
 */
export function shuffleIndices(indices: Int32Array, rng: Rng, out: Int32Array): Int32Array {
  out.set(indices);
  rng.shuffle(out);
  return out;
}
