import type { Report, Trial, TrialOutcome } from "@nn/training";

/** What hears of the trials of a run, once the disk has what it hears: the screen, for one. */
export interface RunObserver {
  report(trial: Trial, report: Report): void;
  ended(trial: Trial, outcome: TrialOutcome): void;
  /** `details`: the file that has more of it, if one was written. */
  failed(trial: Trial, reason: string, details: string | undefined): void;
  /** After this epoch. */
  pruned(trial: Trial, epoch: number): void;
  retried(trial: Trial, reason: string): void;
}
