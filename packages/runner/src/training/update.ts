import type { Schedule } from "@nn/layers";

import type { TrainingSpec } from "../experiment.ts";
import type { WeightAverage } from "./averages.ts";
import { clipNorm, clipValue, scaleGradients } from "./clip.ts";
import { createLookahead } from "./lookahead.ts";
import type { Network } from "./network.ts";

/** How the gradients of batches become steps of the optimizer. */
export type UpdateOptions = Pick<TrainingSpec, "accumulate" | "clipValue" | "clipNorm" | "lookahead">;

/**
 * What is to be called after each backward pass: takes a step after every `accumulate` batches, along the mean of their
 * gradients, and after the last batch of an epoch along the mean of those that are left.
 */
export function createUpdate(
  { backend, model, optimizer }: Network,
  options: UpdateOptions,
  schedule: Schedule,
  average: WeightAverage | undefined,
): (isLastBatch: boolean) => void {
  const { accumulate = 1 } = options;
  const { parameters } = model;
  const lookahead = options.lookahead && createLookahead(options.lookahead, backend, parameters);
  let collected = 0;
  let step = 0;

  return (isLastBatch) => {
    collected++;
    if (collected < accumulate && !isLastBatch) return;
    if (collected > 1) scaleGradients(parameters, 1 / collected);
    collected = 0;

    if (options.clipValue !== undefined) clipValue(parameters, options.clipValue);
    if (options.clipNorm !== undefined) clipNorm(parameters, options.clipNorm);
    optimizer.step(schedule.factor(step));
    step++;
    model.constrain();
    lookahead?.();
    average?.afterStep();
  };
}
