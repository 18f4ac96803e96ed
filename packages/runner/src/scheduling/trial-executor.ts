import type { TrialAssignment, TrialReport, TrialOutcome } from "@nn/training";

/** Trains one trial at a time, in a process on this machine or on a remote worker. */
export interface TrialExecutor {
  /**
   * Resolves when the executor can train another trial, or when the signal aborts. Absent if the executor is
   * always ready.
   */
  ready?(signal: AbortSignal): Promise<void>;
  /**
   * Trains one segment at a time. Rejects with WorkerCrash, TrialFailure, RunDirectoryError or an error of
   * `onReport`.
   */
  run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome>;
  /** Writes a checkpoint if possible, and stops. */
  stop?(): Promise<void>;
  /** Discards unfinished work, and stops. */
  end(): Promise<void>;
}

/** Ends all executors at the same time, and resolves when every one has ended. */
export async function endExecutors(executors: readonly TrialExecutor[]): Promise<void> {
  await Promise.all(executors.map((executor) => executor.end()));
}

/** Stops all executors at the same time, and resolves when every one has stopped. */
export async function stopExecutors(executors: readonly TrialExecutor[]): Promise<void> {
  await Promise.all(executors.map(stopExecutor));
}

/** Stops an executor, with a checkpoint if it can write one. */
export function stopExecutor(executor: TrialExecutor): Promise<void> {
  return executor.stop?.() ?? executor.end();
}
