import type { StateDict } from "@nn/layers";
import type { Backend } from "@nn/tensor";

import type { Metrics } from "../metrics/metrics.ts";
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
  { metric, patience, minDelta }: EarlyStoppingOptions,
  backend: Backend,
  model: ModelTensors,
): EarlyStopping {
  const pairs = allocateTensorCopies(model, backend);
  const sign = metric === "loss" ? -1 : 1;
  const best = { epoch: 0, score: -Infinity };
  return {
    state: { tensors: toBuffers(pairs), numbers: best },
    afterEpoch(epoch, validation) {
      const score = sign * validation[metric];
      if (!(score > best.score + minDelta)) return;
      Object.assign(best, { epoch, score });
      for (const { own, copy } of pairs) copy.set(own);
    },
    isOver: (epoch) => best.epoch > 0 && epoch - best.epoch >= patience,
    restore() {
      for (const { own, copy } of pairs) own.set(copy);
      return best.epoch;
    },
  };
}
