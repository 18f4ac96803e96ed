import type { Rng } from "@nn/tensor";

import { DatasetError } from "./errors.ts";

/**
 * The indices of the images for training and of those held out for validation. Both are ascending, in file
 * order.
 */
export interface SplitIndices {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Holds out `validation` of `count` training images, drawn by `rng`; 0 holds out none. Throws DatasetError if
 * no image is left to train on.
 */
export function splitValidation(count: number, validation: number, rng: Rng): SplitIndices {
  requireTrainingImages(count, validation);
  const drawn = arange(count);
  if (validation > 0) rng.shuffle(drawn);
  return { training: drawn.slice(validation).sort(), validation: drawn.slice(0, validation).sort() };
}

/** Throws DatasetError if holding out `validation` of `count` training images leaves none to train on. */
export function requireTrainingImages(count: number, validation: number): void {
  if (validation < count) return;
  throw new DatasetError(
    `dataset.validation: expected fewer than the ${count} images of the training set, got ${validation}. ` +
      `Hold out fewer, so that some are left to train on.`,
  );
}

/** Returns 0, 1, … count − 1. */
export function arange(count: number): Int32Array {
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) indices[i] = i;
  return indices;
}

/**
 * Shuffles `indices` into `out` and returns it: the order of an epoch. It depends only on the stream, not on
 * earlier epochs. Pass `createRng(seed).fork("shuffle").fork(epoch)`, so that a resumed run has the same
 * orders as an uninterrupted one.
 */
export function shuffleIndices(indices: Int32Array, rng: Rng, out: Int32Array): Int32Array {
  out.set(indices);
  rng.shuffle(out);
  return out;
}
