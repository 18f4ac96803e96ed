import { sqrt } from "@nn/tensor";

import type { InMemorySplit } from "./batches.ts";
import { DatasetError } from "./errors.ts";

/** The statistics for (byte − mean) / deviation, both on the scale of bytes, 0 … 255. */
export interface PixelStatistics {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Returns the mean and the population standard deviation (divisor n) of all pixels of these images of a
 * split. They are computed in float64 from the counts of the 256 byte values, so the result does not depend
 * on the order of the images.
 */
export function computePixelStatistics(
  { images, exampleShape }: InMemorySplit,
  chosen: Int32Array,
): PixelStatistics {
  const size = exampleShape.reduce((product, extent) => product * extent, 1);
  const counts = new Float64Array(256);
  for (const image of chosen) {
    const end = (image + 1) * size;
    for (let i = image * size; i < end; i++) counts[images[i]!]!++;
  }
  const n = chosen.length * size;
  let sum = 0; // an integer below 2⁵³, so exact
  for (let byte = 0; byte < 256; byte++) sum += counts[byte]! * byte;
  const mean = sum / n;
  let squares = 0;
  for (let byte = 0; byte < 256; byte++) squares += counts[byte]! * (byte - mean) * (byte - mean);
  return { mean, deviation: sqrt(squares / n) };
}

/**
 * Returns the split with each pixel read as (byte − mean) / deviation. Throws DatasetError if the deviation
 * is 0.
 */
export function normalizeSplit(split: InMemorySplit, { mean, deviation }: PixelStatistics): InMemorySplit {
  if (deviation === 0) {
    throw new DatasetError(
      `dataset.normalize: expected training images with different pixel values, got ${mean} in every pixel. ` +
        `Set it to false.`,
    );
  }
  const pixels = Float64Array.from({ length: 256 }, (_, byte) => (byte - mean) / deviation);
  const { backend, exampleShape, count, images, labels } = split;
  return { backend, exampleShape, count, images, labels, pixels };
}
