/**
 * Compares the epochs that workers report for a trial with those in the journal. The server may deliver
 * reports late, twice or not at all, because it may restart with older data. A replaced worker may also still
 * send reports. Every attempt computes the same bytes. So reports of recorded epochs can be ignored, and the
 * next epoch can come from any attempt.
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
   * Classifies a reported epoch. `known`: it is already recorded. `next`: it follows the last recorded epoch,
   * and counts as recorded from now on. `missing`: reports of earlier epochs have been lost.
   */
  take(epoch: number): "known" | "next" | "missing" {
    if (epoch <= this.#last) return "known";
    if (epoch > this.#last + 1) return "missing";
    this.#last = epoch;
    return "next";
  }
}
