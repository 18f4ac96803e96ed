import { nextTurn } from "@nn/platform/host";

/**
 * Seconds from some fixed moment. Handed in, so that nothing whose output is a result reads the time by
 * itself.
 */
export type Clock = () => number;

/**
 * Lets the process see its messages and signals while it computes: a training loop asks `due()` after each
 * batch and awaits `rest()` when it is. Has no influence on what is computed.
 */
export class Yielder {
  readonly #clock: Clock;
  readonly #interval: number;
  #next: number;

  /** `interval`: seconds between two rests. */
  constructor(clock: Clock, interval = 0.1) {
    this.#clock = clock;
    this.#interval = interval;
    this.#next = clock() + interval;
  }

  isDue(): boolean {
    return this.#clock() >= this.#next;
  }

  async yield(): Promise<void> {
    await nextTurn();
    this.#next = this.#clock() + this.#interval;
  }
}
