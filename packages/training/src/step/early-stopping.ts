import type { StateDict } from "@nn/layers";
import type { Backend } from "@nn/tensor";

import type { Metrics } from "../metrics/metrics.ts";
import { copiesOf, copyTensors, type ModelTensors } from "./model-copy.ts";

/**
 * Options of early stopping. Training stops after `patience` epochs in a row in which the validation `metric`
 * did not improve on the best one by more than `minDelta`.
 */
export interface EarlyStoppingOptions {
  readonly metric: "loss" | "accuracy";
  readonly patience: number;
  readonly minDelta: number;
}

/** Ends a training whose validation has stopped becoming better, and takes the best weights back. */
export interface EarlyStopping {
  readonly state: StateDict;
  /** Keeps the weights if they are the best so far, by `minDelta` or more. Epochs count from 1. */
  afterEpoch(epoch: number, validation: Metrics): void;
  /** Whether training is over after this epoch: so were not `patience` epochs in a row. */
  isOver(epoch: number): boolean;
  /** Puts the weights of the best epoch into the model. Gives that epoch. */
  restore(): number;
}

/**
 * Creates early stopping for a model, with memory for a copy of the best weights. The copy holds zeros until
 * `afterEpoch` first keeps weights.
 */
export function createEarlyStopping(
  { metric, patience, minDelta }: EarlyStoppingOptions,
  backend: Backend,
  model: ModelTensors,
): EarlyStopping {
  const pairs = copyTensors(model, backend);
  const sign = metric === "loss" ? -1 : 1;
  const best = { epoch: 0, score: -Infinity };
  return {
    state: { tensors: copiesOf(pairs), numbers: best },
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
