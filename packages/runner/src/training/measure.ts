import type { RunningState } from "@nn/layers";

/** How good a network is on some examples. */
export interface Measure {
  /** Mean loss per example. */
  readonly loss: number;
  /** The share of examples whose largest output is at their label, 0 … 1. */
  readonly accuracy: number;
}

/**
 * The running mean over batches, each weighted by its number of examples, summed in float64 in the order of the batches:
 * the same batches give the same bytes.
 */
export class Meter implements RunningState {
  readonly tensors = [];
  /** Of the batches so far. */
  readonly numbers = { loss: 0, correct: 0, examples: 0 };

  /** `loss` is the mean over the batch, `correct` counts examples. */
  add(loss: number, correct: number, examples: number): void {
    const { numbers } = this;
    numbers.loss += loss * examples;
    numbers.correct += correct;
    numbers.examples += examples;
  }

  /** Begins anew. */
  clear(): void {
    Object.assign(this.numbers, { loss: 0, correct: 0, examples: 0 });
  }

  get examples(): number {
    return this.numbers.examples;
  }

  mean(): Measure {
    const { loss, correct, examples } = this.numbers;
    return { loss: loss / examples, accuracy: correct / examples };
  }
}
