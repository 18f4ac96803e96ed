import type { StateDict } from "@nn/layers";

/** How good a network is on some examples. */
export interface Metrics {
  /** Mean loss per example; weighted where the loss weighs examples. */
  readonly loss: number;
  /** The share of examples whose largest output is at their label, 0 … 1. */
  readonly accuracy: number;
}

/**
 * The running mean over batches, summed in float64 in the order of the batches: the same batches give the
 * same bytes. The loss of a batch counts by its weight, which is the number of its examples unless the loss
 * weighs them. So the mean is over all examples, however they fall into batches.
 */
export class RunningMetrics implements StateDict {
  readonly tensors = [];
  /** Of the batches so far. */
  readonly numbers = { loss: 0, weight: 0, correct: 0, examples: 0 };

  /**
   * `loss` is the mean over the batch, `correct` counts examples, `weight` is what the mean was divided by.
   */
  add(loss: number, correct: number, examples: number, weight = examples): void {
    const { numbers } = this;
    numbers.loss += loss * weight;
    numbers.weight += weight;
    numbers.correct += correct;
    numbers.examples += examples;
  }

  /** Begins anew. */
  clear(): void {
    Object.assign(this.numbers, { loss: 0, weight: 0, correct: 0, examples: 0 });
  }

  get examples(): number {
    return this.numbers.examples;
  }

  mean(): Metrics {
    const { loss, weight, correct, examples } = this.numbers;
    return { loss: loss / weight, accuracy: correct / examples };
  }
}
