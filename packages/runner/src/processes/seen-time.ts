/** A longer silence of the clock is looked at: was this process at work, or did it stand still? */
const GAP_SECONDS = 2;
/** How often a process that waits looks at its clock. */
const TICK_MILLISECONDS = 500;

/** The two clocks that `createSeenClock` compares. */
export interface Clocks {
  /** Seconds, as the machine counts them. */
  readonly now: () => number;
  /** Seconds that the processor has worked for this process, all its threads together. */
  readonly worked: () => number;
}

/**
 * Seconds that this process has seen pass. A machine that sleeps and a process that is stopped (SIGSTOP, a
 * closed laptop) see nothing: such time counts for no more than the gap in which it could not be told apart.
 * To be asked at least twice in that time: a longer computation is told from standing still by the work that
 * was done.
 */
export function createSeenClock({ now, worked }: Clocks): () => number {
  let seen = 0;
  let [last, work] = [now(), worked()];
  return () => {
    const [time, workNow] = [now(), worked()];
    const passed = time - last;
    seen += passed <= GAP_SECONDS ? passed : Math.min(passed, Math.max(GAP_SECONDS, workNow - work));
    [last, work] = [time, workNow];
    return seen;
  };
}

/** That of this process. */
export const seenSeconds = createSeenClock({
  now: () => performance.now() / 1000,
  worked() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});
setInterval(seenSeconds, TICK_MILLISECONDS).unref();

/** Something that happens once so many seconds have been seen, and not before. */
export class SeenTimer {
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #left: number;
  readonly #seconds: number;
  #last: number;

  constructor(seconds: number, action: () => void, clock: () => number = seenSeconds) {
    this.#seconds = seconds;
    this.#left = seconds;
    this.#clock = clock;
    this.#last = clock();
    const interval = Math.min(TICK_MILLISECONDS, (seconds * 1000) / 4);
    this.#timer = setInterval(() => {
      const now = clock();
      // However short the timer: a sleep counts no more than two looks.
      this.#left -= Math.min(now - this.#last, (2 * interval) / 1000);
      this.#last = now;
      if (this.#left > 0) return;
      this.stop();
      action();
    }, interval);
  }

  /** All of the seconds are to be seen again. */
  restart(): void {
    this.#left = this.#seconds;
    this.#last = this.#clock();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
