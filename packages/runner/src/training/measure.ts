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
export class Meter {
  #loss = 0;
  #correct = 0;
  #examples = 0;

  /** `loss` is the mean over the batch, `correct` counts examples. */
  add(loss: number, correct: number, examples: number): void {
    this.#loss += loss * examples;
    this.#correct += correct;
    this.#examples += examples;
  }

  get examples(): number {
    return this.#examples;
  }

  mean(): Measure {
    return { loss: this.#loss / this.#examples, accuracy: this.#correct / this.#examples };
  }
}
