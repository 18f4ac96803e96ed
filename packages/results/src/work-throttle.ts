/**
 * Limits deferrable work to a fraction of the time. The cost of writing all tables grows with the number of
 * trials, so writing them after every event would make the total cost of a sweep quadratic.
 */
export class WorkThrottle {
  readonly #share: number;
  /** Returns the time in milliseconds. It must never decrease. */
  readonly #clock: () => number;
  #next = -Infinity;

  constructor(share: number, clock: () => number) {
    this.#share = share;
    this.#clock = clock;
  }

  /** Whether the work is due. The first call returns true. */
  due(): boolean {
    return this.#clock() >= this.#next;
  }

  /** Does the work, measures its duration, and computes the next due time from it. */
  spend(work: () => void): void {
    const start = this.#clock();
    work();
    const end = this.#clock();
    this.#next = end + (end - start) / this.#share;
  }
}
