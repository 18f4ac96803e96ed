import type { Trial } from "../experiment.ts";
import type { Assignment, Report, TrialOutcome } from "./messages.ts";
import { TrialFailure, WorkerCrash, WorkerProcess } from "./worker-process.ts";

/** Told what happens to the trials. What it throws ends the run: a journal that cannot be written, for one. */
export interface ScheduleListener {
  /** `worker`: 1, 2, …, which of the processes trains it. Called again when the trial is tried again. */
  onStart(trial: Trial, worker: number): void;
  onReport(trial: Trial, report: Report): void;
  onEnd(trial: Trial, outcome: TrialOutcome): void;
  /** The process that trained it is gone; it is tried again. */
  onRetry(trial: Trial, reason: string): void;
  /** `stack` where the error has one. */
  onFail(trial: Trial, reason: string, stack: string | null): void;
}

export interface Schedule {
  /** In the order in which they start; which process gets which depends on who is free. */
  readonly trials: readonly Trial[];
  /** What a process is told, asked for when the trial starts. */
  readonly assign: (trial: Trial) => Assignment;
  /** Each trains one trial at a time. */
  readonly workers: readonly WorkerProcess[];
  /** How often a trial is tried again after its process has crashed. */
  readonly retries: number;
  /** Ends the run: trials in training are dropped, nothing more is told. */
  readonly signal: AbortSignal;
}

/**
 * Trains trials, as many at once as there are workers. Resolves when all have ended or failed, or when the signal has been
 * given. Throws what the listener throws, and RunDirectoryError. The workers are ended then, in any of these cases.
 */
export async function runTrials(schedule: Schedule, listener: ScheduleListener): Promise<void> {
  const waiting = [...schedule.trials];
  const broken = new AbortController();
  const signal = AbortSignal.any([schedule.signal, broken.signal]);

  const serve = async (worker: WorkerProcess, number: number): Promise<void> => {
    try {
      for (let trial = waiting.shift(); trial !== undefined && !signal.aborted; trial = waiting.shift()) {
        await runWithRetries({ ...schedule, signal }, listener, worker, number, trial);
      }
    } catch (error) {
      broken.abort();
      throw error;
    }
  };

  const onAbort = (): void => void endWorkers(schedule.workers);
  signal.addEventListener("abort", onAbort, { once: true });
  const results = await Promise.allSettled(schedule.workers.map((worker, index) => serve(worker, index + 1)));
  signal.removeEventListener("abort", onAbort);
  await endWorkers(schedule.workers);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

export async function endWorkers(workers: readonly WorkerProcess[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.end()));
}

async function runWithRetries(
  schedule: Schedule,
  listener: ScheduleListener,
  worker: WorkerProcess,
  workerNumber: number,
  trial: Trial,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    listener.onStart(trial, workerNumber);
    try {
      const outcome = await worker.run(schedule.assign(trial), (report) => {
        if (!schedule.signal.aborted) listener.onReport(trial, report);
      });
      if (!schedule.signal.aborted) listener.onEnd(trial, outcome);
      return;
    } catch (error) {
      if (schedule.signal.aborted) return;
      if (error instanceof TrialFailure) return listener.onFail(trial, error.message, error.stack ?? null);
      if (!(error instanceof WorkerCrash)) throw error;
      if (attempt === schedule.retries) {
        return listener.onFail(trial, `${error.message} (${attempt + 1} times)`, null);
      }
      listener.onRetry(trial, error.message);
    }
  }
}
