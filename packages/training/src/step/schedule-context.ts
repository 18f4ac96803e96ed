import type { ScheduleContext } from "@nn/layers";

interface Length {
  /** Number of training images. */
  readonly images: number;
  readonly batchSize: number;
  /** Number of batches per step; 1 by default. */
  readonly accumulate?: number | undefined;
  readonly epochs: number;
}

/**
 * Returns the length of a training run in steps. The last step of an epoch may have fewer batches, and its
 * last batch fewer images.
 */
export function createScheduleContext({
  images,
  batchSize,
  accumulate = 1,
  epochs,
}: Length): ScheduleContext {
  const stepsPerEpoch = Math.ceil(Math.ceil(images / batchSize) / accumulate);
  return { totalSteps: epochs * stepsPerEpoch, stepsPerEpoch };
}
