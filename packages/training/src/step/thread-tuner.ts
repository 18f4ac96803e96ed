import type { Threads } from "@nn/kernels";

import type { Clock } from "./yielder.ts";

/**
 * Length of training before the other threads are started: these seconds and steps, or `longest` seconds with
 * any number of steps. Shorter training runs use one thread.
 */
const START_AFTER = { seconds: 0.1, steps: 40, longest: 1 };
/**
 * Minimum seconds per step for which other threads are started. They made no shorter step faster on any
 * machine of bench/results, and starting them takes time from short training runs.
 */
const MIN_STEP_SECONDS = 0.000_25;
/** Seconds of training steps per window. Numbers of threads are compared window by window. */
const WINDOW_SECONDS = 0.015;
/** Number of windows per number of threads in a comparison. */
const WINDOWS = 4;
/** A comparison ends after its first window if the other number of threads takes this many times as long. */
const HOPELESS = 1.3;
/**
 * More threads are used if their steps take at most this fraction of the time. Fewer threads are used if they
 * are as fast.
 */
const WORTHWHILE = 0.95;
/** Seconds between two comparisons. The time doubles after each comparison without a change. */
const WAIT = { first: 1, longest: 30 };
/** Comparisons without a change take at most this fraction of the time. */
const COST = 0.01;
/** Seconds of slow steps on several threads after which a comparison starts. */
const WATCH = 0.1;

/** A number of steps on one number of threads, and their seconds. */
class Timing {
  steps = 0;
  seconds = 0;

  add(seconds: number): void {
    this.steps++;
    this.seconds += seconds;
  }

  /** Seconds per step. */
  get mean(): number {
    return this.seconds / this.steps;
  }
}

/** A comparison of the current number of threads with another one, in alternating windows. */
interface Comparison {
  readonly other: number;
  readonly timings: { readonly current: Timing; readonly other: Timing };
  /** All steps on the other number of threads, including those outside the comparison. */
  readonly onOther: Timing;
  isOther: boolean;
  window: Timing;
  /** Number of completed windows. */
  windows: number;
  /** The first step after a change is not timed, because threads wake up and caches are cold. */
  isFresh: boolean;
}

/**
 * Chooses the number of threads by timing training steps. Training starts on one thread. Then steps on the
 * current number of threads are compared with steps on half or twice as many, and the faster number is used.
 * The comparison is repeated, because other programs can use or free cores. The results do not depend on the
 * number of threads.
 *
 * Comparisons cost little if more threads are slower. A comparison ends after one window if the steps take
 * much longer, and the time between comparisons grows.
 */
export class ThreadTuner {
  readonly #threads: Threads;
  readonly #clock: Clock;
  #state: "new" | "starting" | "ready" | "failed" = "new";
  /** Number of threads in use. */
  #current = 1;
  /** Whether the next comparison tries more threads. */
  #tryMore = true;
  #last: number | undefined;
  /** Steps so far. */
  readonly #trained = new Timing();
  #wait = WAIT.first;
  #nextComparison = 0;
  #comparison: Comparison | undefined;
  /** Seconds per step on one thread, from the last comparison with it. */
  #single = Infinity;
  #watched = new Timing();

  /** If other threads fail to start, training continues on one thread. */
  constructor(threads: Threads, clock: Clock) {
    this.#threads = threads;
    this.#clock = clock;
  }

  /** Number of threads in use. */
  get threads(): number {
    return this.#current;
  }

  /** Call it before work that is not a step. The time until the end of the next step is not counted. */
  pause(): void {
    this.#last = undefined;
  }

  /** Call it after a pause that does not slow down the next step. The time of that step is counted. */
  resume(): void {
    this.#last = this.#clock();
  }

  /** Call it before an evaluation, which runs on the current number of threads. */
  settle(): void {
    this.pause();
    this.#threads.use(this.#current);
  }

  /** Call it after each step. */
  afterStep(): void {
    const now = this.#clock();
    const seconds = this.#last === undefined ? undefined : now - this.#last;
    this.#last = now;
    if (seconds === undefined) return this.#continue();
    this.#trained.add(seconds);
    if (this.#state === "new") this.#start();
    if (this.#state !== "ready") return;
    if (this.#comparison !== undefined) this.#compare(this.#comparison, seconds);
    else if (this.#isComparisonDue(seconds)) this.#begin();
  }

  #start(): void {
    const { seconds, steps } = this.#trained;
    if (this.#trained.mean < MIN_STEP_SECONDS) return;
    const isShort = seconds < START_AFTER.seconds || steps < START_AFTER.steps;
    if (this.#threads.count === 1 || (isShort && seconds < START_AFTER.longest)) return;
    this.#state = "starting";
    this.#threads.start().then(
      () => (this.#state = "ready"),
      () => (this.#state = "failed"),
    );
  }

  /** Continues a comparison after a pause. */
  #continue(): void {
    const comparison = this.#comparison;
    if (comparison === undefined) return;
    comparison.isFresh = true;
    this.#threads.use(comparison.isOther ? comparison.other : this.#current);
  }

  #isComparisonDue(seconds: number): boolean {
    if (this.#trained.seconds >= this.#nextComparison) return true;
    if (this.#current === 1) return false;
    this.#watched.add(seconds);
    if (this.#watched.seconds < WATCH) return false;
    const isSlow = this.#watched.mean > this.#single;
    this.#watched = new Timing();
    if (isSlow) this.#tryMore = false;
    return isSlow;
  }

  #begin(): void {
    const more = Math.min(2 * this.#current, this.#threads.count);
    const fewer = Math.ceil(this.#current / 2);
    const other = (this.#tryMore && more > this.#current) || this.#current === 1 ? more : fewer;
    this.#tryMore = !this.#tryMore;
    this.#comparison = {
      other,
      timings: { current: new Timing(), other: new Timing() },
      onOther: new Timing(),
      isOther: false,
      window: new Timing(),
      windows: 0,
      isFresh: true,
    };
  }

  #compare(comparison: Comparison, seconds: number): void {
    if (comparison.isOther) comparison.onOther.add(seconds);
    if (comparison.isFresh) {
      comparison.isFresh = false;
      return;
    }
    comparison.window.add(seconds);
    if (comparison.window.seconds < WINDOW_SECONDS) return;
    const timing = comparison.timings[comparison.isOther ? "other" : "current"];
    timing.steps += comparison.window.steps;
    timing.seconds += comparison.window.seconds;
    comparison.windows++;
    const { current, other } = comparison.timings;
    const isHopeless = comparison.windows === 2 && other.mean > HOPELESS * current.mean;
    if (isHopeless || comparison.windows === 2 * WINDOWS) return this.#decide(comparison);
    comparison.window = new Timing();
    comparison.isOther = !comparison.isOther;
    comparison.isFresh = true;
    this.#threads.use(comparison.isOther ? comparison.other : this.#current);
  }

  #decide({ other, timings, onOther }: Comparison): void {
    this.#comparison = undefined;
    this.#watched = new Timing();
    if (this.#current === 1) this.#single = timings.current.mean;
    if (other === 1) this.#single = timings.other.mean;
    const limit = other > this.#current ? WORTHWHILE : 1;
    const isBetter = timings.other.mean <= limit * timings.current.mean;
    if (isBetter) {
      this.#tryMore = other > this.#current;
      this.#current = other;
      this.#wait = WAIT.first;
    } else {
      const lost = onOther.seconds - onOther.steps * timings.current.mean;
      this.#wait = Math.max(Math.min(2 * this.#wait, WAIT.longest), lost / COST);
    }
    this.#threads.use(this.#current);
    this.#nextComparison = this.#trained.seconds + this.#wait;
  }
}
