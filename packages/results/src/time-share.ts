/**
 * Lets work that may be put off take no more than its share of the time. Writing all tables costs more the
 * more trials there are; done after every event it would make a long sweep quadratic.
 */
export class TimeShare {
  readonly #share: number;
  /** Milliseconds, ascending. */
  readonly #clock: () => number;
  #next = -Infinity;

  constructor(share: number, clock: () => number) {
    this.#share = share;
    this.#clock = clock;
  }

  /** Whether the work may be done now. True the first time. */
  due(): boolean {
    return this.#clock() >= this.#next;
  }

  /** Does the work, and measures how long it is to be left alone after that. */
  spend(work: () => void): void {
    const start = this.#clock();
    work();
    const end = this.#clock();
    this.#next = end + (end - start) / this.#share;
  }
}
