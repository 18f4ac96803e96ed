/**
 * Limits deferrable work to a share of the time. The cost of writing all tables grows with the number of
 * trials; writing them after every event would make the cost of a sweep quadratic.
 */
export class WorkThrottle {
  readonly #share: number;
  /** Milliseconds, ascending. */
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

  /** Does the work and measures its time, from which the next due time follows. */
  spend(work: () => void): void {
    const start = this.#clock();
    work();
    const end = this.#clock();
    this.#next = end + (end - start) / this.#share;
  }
}
