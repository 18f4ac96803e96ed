import type { StateDict } from "@nn/layers";
import type { Backend } from "@nn/tensor";

import type { Metrics } from "../metrics/metrics.ts";
import type { EpochMetrics } from "../train.ts";
import type { Trial } from "../trial-spec.ts";
import { toBuffers, allocateTensorCopies, type ModelTensors } from "./model-copy.ts";

/**
 * Options of early stopping. Training stops if the validation `metric` does not improve on the best value by
 * more than `minDelta` for `patience` epochs in a row.
 */
export interface EarlyStoppingOptions {
  readonly metric: "loss" | "accuracy";
  readonly patience: number;
  readonly minDelta: number;
}

/** Ends training when validation no longer improves, and restores the best weights. */
export interface EarlyStopping {
  readonly state: StateDict;
  /**
   * Keeps a copy of the weights if the metric improved on the best value by more than `minDelta`. Epochs are
   * numbered from 1.
   */
  afterEpoch(epoch: number, validation: Metrics): void;
  /** Whether training ends after this epoch, because there was no improvement for `patience` epochs. */
  isOver(epoch: number): boolean;
  /** Copies the weights of the best epoch into the model. Returns that epoch. */
  restore(): number;
}

/**
 * Creates early stopping for a model. Allocates a copy of the weights, which is zero until `afterEpoch` first
 * keeps weights.
 */
export function createEarlyStopping(
  options: EarlyStoppingOptions,
  backend: Backend,
  model: ModelTensors,
): EarlyStopping {
  const pairs = allocateTensorCopies(model, backend);
  const { best, isBetter, isOver } = trackBestEpoch(options);
  return {
    state: { tensors: toBuffers(pairs), numbers: best },
    afterEpoch(epoch, validation) {
      if (!isBetter(epoch, validation)) return;
      for (const { own, copy } of pairs) copy.set(own);
    },
    isOver,
    restore() {
      for (const { own, copy } of pairs) own.set(copy);
      return best.epoch;
    },
  };
}

/**
 * Returns the epoch whose weights early stopping restores at the end of a trial. `epochs` are the epochs that
 * the trial itself has trained. Returns undefined without early stopping, or if training has not ended.
 */
export function findRestoredEpoch(
  epochs: readonly EpochMetrics[],
  { spec, until = spec.training.epochs }: Pick<Trial, "spec" | "until">,
): number | undefined {
  const { earlyStopping } = spec.training;
  const last = epochs.at(-1)?.epoch;
  if (earlyStopping === undefined || last === undefined) return undefined;
  const { best, isBetter, isOver } = trackBestEpoch(earlyStopping);
  for (const { epoch, validation } of epochs) if (validation !== undefined) isBetter(epoch, validation);
  return best.epoch > 0 && (last >= until || isOver(last)) ? best.epoch : undefined;
}

/** Tracks the best epoch of a training run. The number is 0 before the first epoch. */
function trackBestEpoch({ metric, patience, minDelta }: EarlyStoppingOptions): {
  readonly best: { epoch: number; score: number };
  /** Records an epoch if it improves on the best one by more than `minDelta`. Returns whether it does. */
  readonly isBetter: (epoch: number, validation: Metrics) => boolean;
  readonly isOver: EarlyStopping["isOver"];
} {
  const sign = metric === "loss" ? -1 : 1;
  const best = { epoch: 0, score: -Infinity };
  return {
    best,
    isBetter(epoch, validation) {
      const score = sign * validation[metric];
      if (!(score > best.score + minDelta)) return false;
      Object.assign(best, { epoch, score });
      return true;
    },
    isOver: (epoch) => best.epoch > 0 && epoch - best.epoch >= patience,
  };
}
