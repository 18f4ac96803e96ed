import { yieldToEventLoop } from "@nn/platform/host";

/**
 * Returns the seconds since a fixed moment. It is passed as an argument, so that code that computes results
 * never reads the time.
 */
export type Clock = () => number;

/**
 * Lets the process handle messages and signals while it computes. A training loop calls `isDue()` after each
 * batch and awaits `yield()` when it is due. This does not affect results.
 */
export class Yielder {
  readonly #clock: Clock;
  readonly #interval: number;
  #next: number;

  /** `interval` is the number of seconds between two yields. */
  constructor(clock: Clock, interval = 0.1) {
    this.#clock = clock;
    this.#interval = interval;
    this.#next = clock() + interval;
  }

  isDue(): boolean {
    return this.#clock() >= this.#next;
  }

  async yield(): Promise<void> {
    await yieldToEventLoop();
    this.#next = this.#clock() + this.#interval;
  }
}
