import type { Schedule } from "@nn/layers";

import type { TrainingSpec } from "../experiment.ts";
import type { WeightAverage } from "./averages.ts";
import { clipNorm, clipValue, scaleGradients } from "./clip.ts";
import type { Lookahead } from "./lookahead.ts";
import type { Network } from "./network.ts";

/** How the gradients of batches become steps of the optimizer. */
export type UpdateOptions = Pick<TrainingSpec, "accumulate" | "clipValue" | "clipNorm">;

/**
 * What is to be called after each backward pass: takes a step after every `accumulate` batches, along the mean of their
 * gradients, and after the last batch of an epoch along the mean of those that are left. Says whether it has taken one.
 * `taken`: how many steps there were before.
 */
export function createUpdate(
  { model, optimizer }: Network,
  options: UpdateOptions,
  schedule: Schedule,
  followers: { readonly lookahead?: Lookahead | undefined; readonly average?: WeightAverage | undefined },
  taken: number,
): (isLastBatch: boolean) => boolean {
  const { accumulate = 1 } = options;
  const { parameters } = model;
  const { lookahead, average } = followers;
  let collected = 0;
  let step = taken;

  return (isLastBatch) => {
    collected++;
    if (collected < accumulate && !isLastBatch) return false;
    if (collected > 1) scaleGradients(parameters, 1 / collected);
    collected = 0;

    if (options.clipValue !== undefined) clipValue(parameters, options.clipValue);
    if (options.clipNorm !== undefined) clipNorm(parameters, options.clipNorm);
    optimizer.step(schedule.factor(step));
    step++;
    model.constrain();
    lookahead?.afterStep();
    average?.afterStep();
    return true;
  };
}
