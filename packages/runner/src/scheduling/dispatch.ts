import type { Assignment, CheckpointReport, Report, Trial, TrialOutcome } from "@nn/training";
import type { SweepScheduler, TrainingSegment } from "./sweep-scheduler.ts";
import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";

/**
 * Told what happens to the trials. What it throws ends the run: a journal that cannot be written, for one.
 */
export interface DispatchListener {
  /**
   * `worker`: 1, 2, …, which of them trains it. Called for each part of a trial, and again when it is tried
   * again.
   */
  onStart(part: TrainingSegment, worker: number): void;
  onReport(trial: Trial, report: Report, worker: number): void;
  /** The run is being stopped, and there is a checkpoint of the trial to go on from. */
  onKept?(trial: Trial, place: CheckpointReport): void;
  /** A part has ended, and the trial not; it waits at a rung. */
  onPaused(trial: Trial, outcome: TrialOutcome): void;
  onEnd(trial: Trial, outcome: TrialOutcome): void;
  /** The process that trained it is gone; it is tried again. */
  onRetry(trial: Trial, reason: string): void;
  /** `stack` where the error has one. */
  onFail(trial: Trial, reason: string, stack: string | null): void;
}

/** What trains one trial at a time: a process of this machine, or somebody far away. */
export interface TrialExecutor {
  /** Resolves when it can train another, or when the signal is given; absent where it always can. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Rejects with WorkerCrash, TrialFailure, RunDirectoryError or what `onReport` throws. One at a time. */
  run(assignment: Assignment, onReport: (report: Report) => void): Promise<TrialOutcome>;
  /** Writes a checkpoint of what it does, if it can, and does nothing more. */
  stop?(): Promise<void>;
  /** Drops what it does, and does nothing more. */
  end(): Promise<void>;
}

/** Arguments of `dispatchTrials`: the scheduler of the trials, their executors, and when to give up. */
export interface Dispatch {
  readonly scheduler: SweepScheduler;
  /** What an executor is told, asked for when the part starts. */
  readonly assign: (part: TrainingSegment) => Assignment;
  readonly executors: readonly TrialExecutor[];
  /**
   * How often in a row a part is tried again after its process has crashed, without getting further than
   * before.
   */
  readonly retries: number;
  /** So many trials that fail one after the other end the run: there is something wrong with all of them. */
  readonly mostFailures: number;
  /**
   * Ends the run: trials in training are stopped, and nothing more is told than the places that they are kept
   * at.
   */
  readonly signal: AbortSignal;
}

/** Trials have failed one after the other. The message has the first cause. */
export class TooManyFailures extends Error {
  override readonly name = "TooManyFailures";
}

/**
 * Trains the parts of a scheduler, as many at once as there are executors; what is dropped on the way is not
 * told of. Resolves when nothing is left to do, or when the signal has been given. Throws what the listener
 * throws, RunDirectoryError and TooManyFailures. The executors are ended then, in any of these cases.
 */
export async function dispatchTrials(schedule: Dispatch, listener: DispatchListener): Promise<void> {
  const { scheduler, executors } = schedule;
  const broken = new AbortController();
  const signal = AbortSignal.any([schedule.signal, broken.signal]);
  const failures = new Failures(schedule.mostFailures);
  /** Nothing is left to do. */
  const over = new AbortController();
  const closing = AbortSignal.any([signal, over.signal]);
  /** What is trained now. */
  const working = new Map<Trial, TrialExecutor>();
  let busy = 0;
  /** Those who found nothing to do while others were at work. */
  const idle: (() => void)[] = [];
  const wake = (): void => {
    for (const each of idle.splice(0)) each();
  };

  /**
   * Takes a part, and counts as busy from then on. Undefined where nothing is left, or no more is to be
   * begun.
   */
  const nextPart = async (): Promise<TrainingSegment | undefined> => {
    while (!closing.aborted) {
      const part = scheduler.take();
      // At once: another that finds nothing to do must know that there may be something again.
      if (part !== undefined) busy += 1;
      if (part !== undefined || busy === 0) return part;
      await new Promise<void>((resolve) => idle.push(resolve));
    }
    return undefined;
  };

  /** Ends the training of what does not count. */
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
        // Its process is gone, and there was no work left for it.
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
  if (!signal.aborted && !scheduler.isOver) throw new Error("Trials wait for each other without end.");
}

/** Ends all executors at the same time, and resolves when every one has ended. */
export async function endExecutors(executors: readonly TrialExecutor[]): Promise<void> {
  await Promise.all(executors.map((executor) => executor.end()));
}

async function stopTrainers(executors: readonly TrialExecutor[]): Promise<void> {
  await Promise.all(executors.map(stopExecutor));
}

/** With a checkpoint, if it can write one. */
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
        // What gets further each time comes to its end, however often its process is killed.
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

/** How far a part has come, over all attempts: what the next attempt has, which need not do it again. */
class FurthestPlace {
  #epoch = 0;
  #seen = 0;

  /** Whether the report is of a checkpoint beyond all before. */
  isFurther(report: Report): boolean {
    if (report.kind !== "checkpoint") return false;
    const { epoch, seen } = report;
    if (epoch < this.#epoch || (epoch === this.#epoch && seen <= this.#seen)) return false;
    this.#epoch = epoch;
    this.#seen = seen;
    return true;
  }
}

/** Counts trials that fail one after the other. */
class Failures {
  readonly #most: number;
  #count = 0;
  #first = "";

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws TooManyFailures at the last one that is allowed. */
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
