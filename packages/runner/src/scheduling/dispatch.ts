import type { Assignment, CheckpointReport, Report, Trial, TrialOutcome } from "@nn/training";
import type { SweepScheduler, TrainingSegment } from "./sweep-scheduler.ts";
import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";

/**
 * Receives the events of the trials. An error that it throws ends the run, such as a journal that cannot be
 * written.
 */
export interface DispatchListener {
  /** A worker starts a segment of a trial, or retries it. `worker` is the worker's number: 1, 2, …. */
  onStart(part: TrainingSegment, worker: number): void;
  onReport(trial: Trial, report: Report, worker: number): void;
  /** The run is stopping, and the trial has a checkpoint to resume from. */
  onKept?(trial: Trial, place: CheckpointReport): void;
  /** A segment has ended before the trial did: the trial waits at a rung. */
  onPaused(trial: Trial, outcome: TrialOutcome): void;
  onEnd(trial: Trial, outcome: TrialOutcome): void;
  /** The process of the trial has exited; the trial is retried. */
  onRetry(trial: Trial, reason: string): void;
  /** `stack` is null if the error has none. */
  onFail(trial: Trial, reason: string, stack: string | null): void;
}

/** Trains one trial at a time: a process of this machine, or a worker on another one. */
export interface TrialExecutor {
  /** Resolves when it can train another trial, or when the signal aborts; absent if it always can. */
  ready?(signal: AbortSignal): Promise<void>;
  /**
   * Trains one segment at a time. Rejects with WorkerCrash, TrialFailure, RunDirectoryError or an error of
   * `onReport`.
   */
  run(assignment: Assignment, onReport: (report: Report) => void): Promise<TrialOutcome>;
  /** Writes a checkpoint if it can, and stops. */
  stop?(): Promise<void>;
  /** Discards its work, and stops. */
  end(): Promise<void>;
}

/** Arguments of `dispatchTrials`: the scheduler of the trials, their executors, and when to give up. */
export interface Dispatch {
  readonly scheduler: SweepScheduler;
  /** Returns the assignment for an executor; called when the segment starts. */
  readonly assign: (part: TrainingSegment) => Assignment;
  readonly executors: readonly TrialExecutor[];
  /** Number of consecutive retries of a segment after crashes without new progress. */
  readonly retries: number;
  /** Number of consecutive failed trials that end the run, because all trials probably fail. */
  readonly mostFailures: number;
  /** Stops the run: running trials are stopped, and only their checkpoints are reported. */
  readonly signal: AbortSignal;
}

/** Thrown after too many consecutive failed trials. The message has the first cause. */
export class TooManyFailures extends Error {
  override readonly name = "TooManyFailures";
}

/**
 * Trains the segments of a scheduler, as many at once as there are executors. Segments that are dropped on
 * the way are not reported. Resolves when nothing is left to do, or when the signal aborts. Throws the
 * listener's errors, RunDirectoryError and TooManyFailures. Always ends the executors.
 */
export async function dispatchTrials(schedule: Dispatch, listener: DispatchListener): Promise<void> {
  const { scheduler, executors } = schedule;
  const broken = new AbortController();
  const signal = AbortSignal.any([schedule.signal, broken.signal]);
  const failures = new Failures(schedule.mostFailures);
  /** Aborts when nothing is left to do. */
  const over = new AbortController();
  const closing = AbortSignal.any([signal, over.signal]);
  /** The segments in training. */
  const working = new Map<Trial, TrialExecutor>();
  let busy = 0;
  /** Executors that found nothing to do while others worked. */
  const idle: (() => void)[] = [];
  const wake = (): void => {
    for (const each of idle.splice(0)) each();
  };

  /**
   * Takes a segment; the executor counts as busy from then on. Undefined if nothing is left, or if nothing
   * more may start.
   */
  const nextPart = async (): Promise<TrainingSegment | undefined> => {
    while (!closing.aborted) {
      const part = scheduler.take();
      // Updated at once: another executor without work must know that new work may follow.
      if (part !== undefined) busy += 1;
      if (part !== undefined || busy === 0) return part;
      await new Promise<void>((resolve) => idle.push(resolve));
    }
    return undefined;
  };

  /** Ends the training of segments that no longer count. */
  const drop = (): void => {
    for (const [trial, dropped] of working) if (scheduler.isDropped(trial)) void dropped.end();
  };
  const told: DispatchListener = {
    ...listener,
    onReport(trial, report, worker) {
      listener.onReport(trial, report, worker);
      if (report.kind !== "epoch") return;
      scheduler.onEpoch();
      drop();
    },
  };

  const serve = async (executor: TrialExecutor, number: number): Promise<void> => {
    try {
      for (;;) {
        await executor.ready?.(closing);
        if (closing.aborted) return;
        const part = await nextPart();
        if (part === undefined) return over.abort();
        working.set(part.trial, executor);
        await runWithRetries({ ...schedule, signal }, told, failures, executor, number, part);
        working.delete(part.trial);
        busy -= 1;
        drop();
        wake();
        if (busy === 0 && scheduler.isOver) over.abort();
        // Its process has exited, and there was no work left for it.
        if (scheduler.isDropped(part.trial)) return;
      }
    } catch (error) {
      broken.abort();
      throw error;
    }
  };

  const onAbort = (): void => {
    wake();
    void (schedule.signal.aborted ? stopTrainers(executors) : endExecutors(executors));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const results = await Promise.allSettled(executors.map((executor, index) => serve(executor, index + 1)));
  signal.removeEventListener("abort", onAbort);
  await endExecutors(executors);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  if (!signal.aborted && !scheduler.isOver) throw new Error("All trials wait for each other (deadlock).");
}

/** Ends all executors at the same time, and resolves when every one has ended. */
export async function endExecutors(executors: readonly TrialExecutor[]): Promise<void> {
  await Promise.all(executors.map((executor) => executor.end()));
}

async function stopTrainers(executors: readonly TrialExecutor[]): Promise<void> {
  await Promise.all(executors.map(stopExecutor));
}

/** Stops an executor, with a checkpoint if it can write one. */
export function stopExecutor(executor: TrialExecutor): Promise<void> {
  return executor.stop?.() ?? executor.end();
}

async function runWithRetries(
  schedule: Dispatch,
  listener: DispatchListener,
  failures: Failures,
  executor: TrialExecutor,
  number: number,
  part: TrainingSegment,
): Promise<void> {
  const { scheduler, signal, retries } = schedule;
  const { trial } = part;
  const isDropped = (): boolean => signal.aborted || scheduler.isDropped(trial);
  const fail = (reason: string, stack: string | null): void => {
    listener.onFail(trial, reason, stack);
    failures.add(trial, reason);
    scheduler.onEnded(trial);
  };
  const progress = new FurthestPlace();
  for (let attempt = 0; ; attempt++) {
    listener.onStart(part, number);
    try {
      const outcome = await executor.run(schedule.assign(part), (report) => {
        if (signal.aborted && report.kind === "checkpoint") listener.onKept?.(trial, report);
        if (isDropped()) return;
        // A segment that gets further each time finishes in the end, however often its process is killed.
        if (progress.isFurther(report)) attempt = 0;
        listener.onReport(trial, report, number);
      });
      if (isDropped()) return;
      if (outcome.status === "paused") {
        listener.onPaused(trial, outcome);
        scheduler.onPaused(trial);
      } else {
        listener.onEnd(trial, outcome);
        failures.clear();
        scheduler.onEnded(trial);
      }
      return;
    } catch (error) {
      if (isDropped()) return;
      if (error instanceof TrialFailure) return fail(error.message, error.stack || null);
      if (!(error instanceof WorkerCrash)) throw error;
      if (attempt === retries) return fail(`${error.message} (${attempt + 1} times)`, null);
      listener.onRetry(trial, error.message);
    }
  }
}

/** The furthest progress of a segment over all attempts, which the next attempt need not repeat. */
class FurthestPlace {
  #epoch = 0;
  #seen = 0;

  /** Whether the report is of a checkpoint beyond all earlier ones. */
  isFurther(report: Report): boolean {
    if (report.kind !== "checkpoint") return false;
    const { epoch, seen } = report;
    if (epoch < this.#epoch || (epoch === this.#epoch && seen <= this.#seen)) return false;
    this.#epoch = epoch;
    this.#seen = seen;
    return true;
  }
}

/** Counts consecutive failed trials. */
class Failures {
  readonly #most: number;
  #count = 0;
  #first = "";

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a failure. Throws TooManyFailures when the limit is reached. */
  add(trial: Trial, reason: string): void {
    if (this.#count === 0) this.#first = `trial ${trial.number}: ${reason}`;
    this.#count += 1;
    if (this.#count < this.#most) return;
    throw new TooManyFailures(
      `${this.#count} trials in a row failed, so the run was stopped. The first was ${this.#first}`,
    );
  }

  clear(): void {
    this.#count = 0;
  }
}
