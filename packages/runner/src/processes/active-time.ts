/**
 * After a longer gap between two readings, the clock uses the CPU time to detect whether the process was
 * suspended.
 */
const GAP_SECONDS = 2;
/** Interval between two readings of the clock. */
const TICK_MILLISECONDS = 500;
/**
 * Interval between two readings of the CPU time. It takes 10 µs to read, and a training loop reads the clock
 * after each step.
 */
const CPU_TIME_SECONDS = 0.25;

/** The two time sources that `createActiveClock` compares. */
export interface ClockSources {
  /** Seconds of a monotonic clock. */
  readonly now: () => number;
  /** CPU seconds of this process, over all its threads. */
  readonly worked: () => number;
}

/**
 * Returns a clock of the seconds during which this process was not suspended. While the machine sleeps or the
 * process is stopped (SIGSTOP, a closed laptop), the clock advances by at most GAP_SECONDS. If the CPU time
 * used is larger, it advances by the CPU time. Read the clock at least twice per GAP_SECONDS. CPU time
 * distinguishes a long computation from a suspension.
 */
export function createActiveClock({ now, worked }: ClockSources): () => number {
  let seen = 0;
  let last = now();
  let work = { seconds: worked(), at: last };
  return () => {
    const time = now();
    const passed = time - last;
    last = time;
    if (passed <= GAP_SECONDS && time - work.at < CPU_TIME_SECONDS) return (seen += passed);
    const seconds = worked();
    seen += passed <= GAP_SECONDS ? passed : Math.min(passed, Math.max(GAP_SECONDS, seconds - work.seconds));
    work = { seconds, at: time };
    return seen;
  };
}

/** Returns the seconds during which this process was not suspended. */
export const getActiveSeconds = createActiveClock({
  now: () => performance.now() / 1000,
  worked() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});
setInterval(getActiveSeconds, TICK_MILLISECONDS).unref();

/** Calls a function once, after a number of seconds of an active clock. */
export class ActiveTimer {
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #left: number;
  readonly #seconds: number;
  #last: number;

  constructor(seconds: number, action: () => void, clock: () => number = getActiveSeconds) {
    this.#seconds = seconds;
    this.#left = seconds;
    this.#clock = clock;
    this.#last = clock();
    const interval = Math.min(TICK_MILLISECONDS, (seconds * 1000) / 4);
    this.#timer = setInterval(() => {
      const now = clock();
      // A suspension counts as at most two intervals, even for a short timer.
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
