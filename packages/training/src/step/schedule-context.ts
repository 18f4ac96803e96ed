import type { ScheduleContext } from "@nn/layers";

interface Length {
  /** Images that are trained on. */
  readonly images: number;
  readonly batchSize: number;
  /** Batches to a step; 1 where it is not there. */
  readonly accumulate?: number | undefined;
  readonly epochs: number;
}

/**
 * How many steps a training takes; the last of an epoch may have fewer batches, and the last batch fewer
 * images.
 */
export function scheduleContext({ images, batchSize, accumulate = 1, epochs }: Length): ScheduleContext {
  const stepsPerEpoch = Math.ceil(Math.ceil(images / batchSize) / accumulate);
  return { totalSteps: epochs * stepsPerEpoch, stepsPerEpoch };
}
