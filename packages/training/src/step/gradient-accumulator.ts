import type { Schedule } from "@nn/layers";

import type { TrainingSpec } from "../trial-spec.ts";
import type { WeightAverage } from "./weight-averages.ts";
import { clipGradientNorm, clipGradientValue, scaleGradients } from "./clip.ts";
import type { Lookahead } from "./lookahead.ts";
import type { Network } from "../network.ts";

/** Options of `createGradientAccumulator`. */
export type GradientAccumulatorOptions = Pick<TrainingSpec, "accumulate" | "clipValue" | "clipNorm">;

/** Takes steps of the optimizer with gradients that are accumulated over several backward passes. */
export interface GradientAccumulator {
  /**
   * Call it before each backward pass. `weight` is the divisor of the batch's mean loss if the loss assigns
   * weights to examples. By default, all batches have the same weight.
   */
  before(weight: number | undefined): void;
  /** Call it after each backward pass. Returns whether it has taken a step. */
  after(isLastBatch: boolean): boolean;
}

/**
 * Creates a gradient accumulator. It takes a step after every `accumulate` batches, with the mean of their
 * gradients. After the last batch of an epoch, it takes a step with the mean of the remaining ones. `taken`
 * is the number of earlier steps.
 *
 * The mean over batches k = 1 … K with gradients g[k] and weights w[k] is Σ w[k]·g[k] / Σ w[k]. A backward
 * pass can only add g[k] itself, which includes the gradient of the regularizers. The accumulated gradient is
 * therefore kept in units of the latest batch, Σ (w[j] / w[k])·g[j]. A step multiplies it by w[K] / Σ w[k].
 * For equal weights, these are the plain sum and the factor 1 / K.
 */
export function createGradientAccumulator(
  { model, optimizer }: Network,
  options: GradientAccumulatorOptions,
  schedule: Schedule,
  trackers: { readonly lookahead?: Lookahead | undefined; readonly average?: WeightAverage | undefined },
  taken: number,
): GradientAccumulator {
  const { accumulate = 1 } = options;
  const { parameters } = model;
  const { lookahead, average } = trackers;
  let collected = 0;
  let latest = 0; // w[k]
  let total = 0; // Σ w[k]
  let step = taken;

  return {
    before(weight = 1) {
      if (collected > 0 && weight !== latest) scaleGradients(parameters, latest / weight);
      latest = weight;
      total += weight;
      collected++;
    },

    after(isLastBatch) {
      if (collected < accumulate && !isLastBatch) return false;
      if (collected > 1) scaleGradients(parameters, latest / total);
      collected = 0;
      total = 0;

      if (options.clipValue !== undefined) clipGradientValue(parameters, options.clipValue);
      if (options.clipNorm !== undefined) clipGradientNorm(parameters, options.clipNorm);
      optimizer.step(schedule.factor(step));
      step++;
      model.constrain();
      lookahead?.afterStep();
      average?.afterStep();
      return true;
    },
  };
}
