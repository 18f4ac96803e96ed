/**
 * Limits deferrable work to a share of the time. The cost of writing all tables grows with the number of
 * trials. Without the limit, writing them after every event would make the total cost of a sweep quadratic.
 */
export class WorkThrottle {
  readonly #share: number;
  /** Returns milliseconds, which never decrease. */
  readonly #clock: () => number;
  #next = -Infinity;

  constructor(share: number, clock: () => number) {
    this.#share = share;
    this.#clock = clock;
  }

  /** Returns whether the work can be done now. True the first time. */
  due(): boolean {
    return this.#clock() >= this.#next;
  }

  /** Does the work, measures its time, and computes the next due time from it. */
  spend(work: () => void): void {
    const start = this.#clock();
    work();
    const end = this.#clock();
    this.#next = end + (end - start) / this.#share;
  }
}
