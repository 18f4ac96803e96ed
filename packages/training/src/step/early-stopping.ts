import type { StateDict } from "@nn/layers";
import type { Backend } from "@nn/tensor";

import type { Metrics } from "../metrics/metrics.ts";
import type { EpochMetrics } from "../train.ts";
import type { Trial } from "../trial-spec.ts";
import { toBuffers, allocateTensorCopies, type ModelTensors } from "./model-copy.ts";

/**
 * Options of early stopping. Training stops after `patience` epochs in a row in which the validation `metric`
 * did not improve on the best one by more than `minDelta`.
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
   * Keeps a copy of the weights if the metric improved on the best one by more than `minDelta`. Epochs are
   * numbered from 1.
   */
  afterEpoch(epoch: number, validation: Metrics): void;
  /** Whether training ends after this epoch, because `patience` epochs in a row did not improve. */
  isOver(epoch: number): boolean;
  /** Copies the weights of the best epoch into the model. Returns that epoch. */
  restore(): number;
}

/**
 * Creates early stopping for a model, and allocates memory for a copy of the best weights. The copy contains
 * zeros until `afterEpoch` first keeps weights.
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
 * Returns the epoch whose weights early stopping restores at the end of a trial. `epochs` are those that the
 * trial has trained itself. Returns undefined without early stopping, or if the training has not ended.
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

/** Tracks the best epoch of a training run. Its number is 0 until the first epoch. */
function trackBestEpoch({ metric, patience, minDelta }: EarlyStoppingOptions): {
  readonly best: { epoch: number; score: number };
  /** Records an epoch if it improved on the best one by more than `minDelta`, and returns whether it did. */
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
