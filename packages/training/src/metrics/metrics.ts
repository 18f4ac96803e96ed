import type { StateDict } from "@nn/layers";

/** The loss and accuracy of a network on some examples. */
export interface Metrics {
  /** Mean loss per example. If the loss assigns weights to examples, a weighted mean. */
  readonly loss: number;
  /** The fraction of examples whose largest output is at their label, 0 … 1. */
  readonly accuracy: number;
}

/**
 * The running mean over batches. It is summed in float64 in the order of the batches, so the same batches
 * give the same bytes. The loss of a batch is weighted by its number of examples, or by the sum of their
 * weights. The result is therefore the mean over all examples and does not depend on the batch size.
 */
export class RunningMetrics implements StateDict {
  readonly tensors = [];
  /** Sums over the batches so far. */
  readonly numbers = { loss: 0, weight: 0, correct: 0, examples: 0 };

  /**
   * Adds a batch. `loss` is its mean loss, `correct` the number of correctly classified examples, and
   * `weight` the divisor of the mean loss.
   */
  add(loss: number, correct: number, examples: number, weight = examples): void {
    const { numbers } = this;
    numbers.loss += loss * weight;
    numbers.weight += weight;
    numbers.correct += correct;
    numbers.examples += examples;
  }

  /** Resets all sums to zero. */
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
