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
  /** How many processes. */
  readonly workers: number;
  /** Options of their Node. */
  readonly flags: readonly string[];
  /** How often a trial is tried again after its process has crashed. */
  readonly retries: number;
  /** Ends the run: trials in training are dropped, nothing more is told. */
  readonly signal: AbortSignal;
}

/**
 * Trains trials in child processes, as many at once as there are workers. Resolves when all have ended or failed, or
 * when the signal has been given; no process is left then. Throws what the listener throws.
 */
export async function runTrials(schedule: Schedule, listener: ScheduleListener): Promise<void> {
  const waiting = [...schedule.trials];
  const processes = Array.from({ length: schedule.workers }, () => new WorkerProcess(schedule.flags));
  const endAll = (): Promise<unknown> => Promise.all(processes.map((process) => process.end()));
  let broken = false;

  const lane = async (process: WorkerProcess, worker: number): Promise<void> => {
    for (;;) {
      const trial = waiting.shift();
      if (trial === undefined || broken || schedule.signal.aborted) return;
      await runWithRetries(schedule, listener, process, worker, trial);
    }
  };

  const onAbort = (): void => void endAll();
  schedule.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.all(
      processes.map((process, index) =>
        lane(process, index + 1).catch((error: unknown) => {
          broken = true;
          throw error;
        }),
      ),
    );
  } finally {
    schedule.signal.removeEventListener("abort", onAbort);
    await endAll();
  }
}

async function runWithRetries(
  schedule: Schedule,
  listener: ScheduleListener,
  process: WorkerProcess,
  worker: number,
  trial: Trial,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    listener.onStart(trial, worker);
    try {
      const outcome = await process.run(schedule.assign(trial), (report) => {
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
