import type { TrialReport, Trial, TrialOutcome } from "@nn/training";

/**
 * Receives the events of a run's trials once they are on the disk, for example to show them in the terminal.
 */
export interface RunObserver {
  report(trial: Trial, report: TrialReport): void;
  ended(trial: Trial, outcome: TrialOutcome): void;
  /** `details` is the file with the stack trace, if one was written. */
  failed(trial: Trial, reason: string, details: string | undefined): void;
  /** The trial was pruned after this epoch. */
  pruned(trial: Trial, epoch: number): void;
  retried(trial: Trial, reason: string): void;
}
