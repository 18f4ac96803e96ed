import type { TrialAssignment, TrialReport, Trial } from "@nn/training";
import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";
import type { TrialObserver } from "./trial-observer.ts";
import type { SweepScheduler, TrainingSegment } from "./sweep-scheduler.ts";
import type { TrialExecutor } from "./trial-executor.ts";

/** The scheduler, the assignments, and the limits for attempts at a segment. */
export interface RetryContext {
  readonly scheduler: SweepScheduler;
  /** Returns the assignment for an executor; called when the segment starts. */
  readonly assign: (part: TrainingSegment) => TrialAssignment;
  /** Number of consecutive retries of a segment after crashes without new progress. */
  readonly retries: number;
  /** Stops the run: running trials are stopped, and only their checkpoints are reported. */
  readonly signal: AbortSignal;
}

/** Thrown after too many consecutive failed trials. The message contains the first cause. */
export class TooManyFailures extends Error {
  override readonly name = "TooManyFailures";
}

/**
 * Trains a segment of a trial. If its process crashes, the segment is trained again, from its newest
 * checkpoint. The trial fails after `retries` consecutive crashes without new progress, or at once if it
 * throws an error. `number`: the number of the executor. Throws the listener's errors, RunDirectoryError and
 * TooManyFailures.
 */
export async function runWithRetries(
  part: TrainingSegment,
  executor: TrialExecutor,
  number: number,
  { scheduler, assign, retries, signal }: RetryContext,
  listener: TrialObserver,
  failures: FailureCounter,
): Promise<void> {
  const { trial } = part;
  const isDropped = (): boolean => signal.aborted || scheduler.isDropped(trial);
  const fail = (reason: string, stack: string | null): void => {
    listener.onFail(trial, reason, stack);
    failures.add(trial, reason);
    scheduler.onEnded(trial);
  };
  const progress = new FurthestCheckpoint();
  for (let attempt = 0; ; attempt++) {
    listener.onStart(part, number);
    try {
      const outcome = await executor.run(assign(part), (report) => {
        if (signal.aborted && report.kind === "checkpoint") listener.onStoppedWithCheckpoint?.(trial, report);
        if (isDropped()) return;
        // A segment that makes progress in each attempt is retried without limit.
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

/** The furthest progress of a segment over all attempts. The next attempt does not need to repeat it. */
class FurthestCheckpoint {
  #epoch = 0;
  #seen = 0;

  /** Returns whether the report is about a checkpoint beyond all earlier ones. */
  isFurther(report: TrialReport): boolean {
    if (report.kind !== "checkpoint") return false;
    const { epoch, seen } = report;
    if (epoch < this.#epoch || (epoch === this.#epoch && seen <= this.#seen)) return false;
    this.#epoch = epoch;
    this.#seen = seen;
    return true;
  }
}

/** Counts consecutive failed trials. */
export class FailureCounter {
  readonly #max: number;
  #count = 0;
  #first = "";

  constructor(max: number) {
    this.#max = max;
  }

  /** Counts a failure. Throws TooManyFailures when the limit is reached. */
  add(trial: Trial, reason: string): void {
    if (this.#count === 0) this.#first = `trial ${trial.number}: ${reason}`;
    this.#count += 1;
    if (this.#count < this.#max) return;
    throw new TooManyFailures(
      `${this.#count} trials in a row failed, so the run was stopped. The first was ${this.#first}`,
    );
  }

  clear(): void {
    this.#count = 0;
  }
}
