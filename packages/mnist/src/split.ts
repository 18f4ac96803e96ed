import type { Rng } from "@nn/tensor";

import { DatasetError } from "./errors.ts";

/** Which images of the training files are for training and which are held out; both ascending: file order. */
export interface HeldOut {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Holds `validation` of `count` images out of the training set, drawn by `rng`; 0 holds out none.
 * Throws DatasetError when no image would be left to train on.
 */
export function splitValidation(count: number, validation: number, rng: Rng): HeldOut {
  requireTrainingImages(count, validation);
  const drawn = ascending(count);
  if (validation > 0) rng.shuffle(drawn);
  return { training: drawn.slice(validation).sort(), validation: drawn.slice(0, validation).sort() };
}

/** Throws DatasetError when holding out `validation` of `count` training images leaves none to train on. */
export function requireTrainingImages(count: number, validation: number): void {
  if (validation < count) return;
  throw new DatasetError(
    `dataset.validation: expected fewer than the ${count} images of the training set, got ${validation}. ` +
      `Hold out fewer, so that some are left to train on.`,
  );
}

/** 0, 1, … count − 1. */
export function ascending(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

/**
 * The order of an epoch: `indices` shuffled into `out`, which is returned. It depends on the stream alone,
 * not on the epochs before: pass `createRng(seed).fork("shuffle").fork(epoch)`, and a resumed run runs as
 * if never stopped.
 */
export function shuffledOrder(indices: Int32Array, rng: Rng, out: Int32Array): Int32Array {
  out.set(indices);
  rng.shuffle(out);
  return out;
}
