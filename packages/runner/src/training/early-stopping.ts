import type { Backend } from "@nn/tensor";

import type { Measure } from "./measure.ts";
import { pairWithCopies, type ModelTensors } from "./model-copy.ts";

export interface EarlyStoppingOptions {
  readonly metric: "loss" | "accuracy";
  readonly patience: number;
  readonly minDelta: number;
}

/** Ends a training whose validation has stopped becoming better, and takes the best weights back. */
export interface EarlyStopping {
  /** Whether training is over after this epoch: `patience` epochs in a row were not better than the best by `minDelta`. */
  isOver(epoch: number, validation: Measure): boolean;
  /** Puts the weights of the best epoch into the model. Gives that epoch. */
  restore(): number;
}

export function createEarlyStopping(
  { metric, patience, minDelta }: EarlyStoppingOptions,
  backend: Backend,
  model: ModelTensors,
): EarlyStopping {
  const pairs = pairWithCopies(model, backend);
  const sign = metric === "loss" ? -1 : 1;
  let best = { epoch: 0, score: -Infinity };
  return {
    isOver(epoch, validation) {
      const score = sign * validation[metric];
      if (score > best.score + minDelta) {
        best = { epoch, score };
        for (const { own, copy } of pairs) copy.set(own);
      }
      return epoch - best.epoch >= patience;
    },
    restore() {
      for (const { own, copy } of pairs) own.set(copy);
      return best.epoch;
    },
  };
}
