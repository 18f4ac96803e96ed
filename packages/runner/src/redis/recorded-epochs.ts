/**
 * Compares the epochs that workers report of a trial with those that the journal has. The server delivers
 * reports late, twice or not at all (it may restart with older data), and a worker that was replaced may
 * still report. Every attempt computes the same bytes, so an epoch that is recorded already says nothing new,
 * and the next one may come from any attempt.
 */
export class RecordedEpochs {
  #last: number;

  /** `last`: the last epoch on record, 0 for none. */
  constructor(last: number) {
    this.#last = last;
  }

  /** The last epoch on record. */
  get last(): number {
    return this.#last;
  }

  /**
   * `next`: it follows the last one, and counts as recorded from now on. `missing`: epochs before it have
   * been lost.
   */
  take(epoch: number): "known" | "next" | "missing" {
    if (epoch <= this.#last) return "known";
    if (epoch > this.#last + 1) return "missing";
    this.#last = epoch;
    return "next";
  }
}
