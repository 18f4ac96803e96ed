import type { CheckpointReport, TrialReport, Trial, TrialOutcome } from "@nn/training";
import type { TrainingSegment } from "./sweep-scheduler.ts";

/**
 * Receives the events of the trials. An error that it throws ends the run, for example if the journal cannot
 * be written.
 */
export interface TrialObserver {
  /** A worker starts a segment of a trial, or retries it. `worker` is the worker's number: 1, 2, …. */
  onStart(part: TrainingSegment, worker: number): void;
  onReport(trial: Trial, report: TrialReport, worker: number): void;
  /** The run is stopping, and the trial has a checkpoint to resume from. */
  onStoppedWithCheckpoint?(trial: Trial, place: CheckpointReport): void;
  /** A segment has ended before the trial did: the trial waits at a rung. */
  onPaused(trial: Trial, outcome: TrialOutcome): void;
  onEnd(trial: Trial, outcome: TrialOutcome): void;
  /** The process of the trial has exited; the trial is retried. */
  onRetry(trial: Trial, reason: string): void;
  /** `stack` is null if the error has none. */
  onFail(trial: Trial, reason: string, stack: string | null): void;
}
