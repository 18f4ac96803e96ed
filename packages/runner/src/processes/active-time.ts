/** After a longer gap between two readings, the clock checks whether the process worked or was suspended. */
const GAP_SECONDS = 2;
/** Interval between two readings while a process waits. */
const TICK_MILLISECONDS = 500;

/** The two clocks that `createActiveClock` compares. */
export interface Clocks {
  /** Elapsed seconds of the machine. */
  readonly now: () => number;
  /** CPU seconds of this process, over all its threads. */
  readonly worked: () => number;
}

/**
 * Returns a clock of the seconds during which this process was not suspended. If the machine sleeps or the
 * process is stopped (SIGSTOP, a closed laptop), at most one gap counts. Read the clock at least twice per
 * gap. CPU time distinguishes a long computation from a suspension.
 */
export function createActiveClock({ now, worked }: Clocks): () => number {
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

/** The clock of this process. */
export const activeSeconds = createActiveClock({
  now: () => performance.now() / 1000,
  worked() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});
setInterval(activeSeconds, TICK_MILLISECONDS).unref();

/** Calls a function after a number of such seconds, and not earlier. */
export class ActiveTimer {
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #left: number;
  readonly #seconds: number;
  #last: number;

  constructor(seconds: number, action: () => void, clock: () => number = activeSeconds) {
    this.#seconds = seconds;
    this.#left = seconds;
    this.#clock = clock;
    this.#last = clock();
    const interval = Math.min(TICK_MILLISECONDS, (seconds * 1000) / 4);
    this.#timer = setInterval(() => {
      const now = clock();
      // Even for a short timer, a sleep counts at most as two readings.
      this.#left -= Math.min(now - this.#last, (2 * interval) / 1000);
      this.#last = now;
      if (this.#left > 0) return;
      this.stop();
      action();
    }, interval);
  }

  /** Restarts the timer with its full number of seconds. */
  restart(): void {
    this.#left = this.#seconds;
    this.#last = this.#clock();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
