/**
 * Compares the epochs that workers report of a trial with those in the journal. The server may deliver
 * reports late, twice or not at all (it may restart with older data), and a replaced worker may still report.
 * Every attempt computes the same bytes. So a recorded epoch adds nothing new, and the next epoch may come
 * from any attempt.
 */
export class RecordedEpochs {
  #last: number;

  /** `last` is the last recorded epoch, 0 for none. */
  constructor(last: number) {
    this.#last = last;
  }

  /** The last recorded epoch. */
  get last(): number {
    return this.#last;
  }

  /**
   * Classifies a reported epoch. `next`: it follows the last one and counts as recorded from now on.
   * `missing`: epochs before it have been lost.
   */
  take(epoch: number): "known" | "next" | "missing" {
    if (epoch <= this.#last) return "known";
    if (epoch > this.#last + 1) return "missing";
    this.#last = epoch;
    return "next";
  }
}
