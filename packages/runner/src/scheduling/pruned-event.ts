import type { Experiment } from "@nn/experiment";
import type { EpochRecord, TrialEndedEvent } from "@nn/results";
import { findBestEpoch, type Trial } from "@nn/training";

/** The epoch and the reason of a pruning. `seconds` is the training time of the trial. */
export interface PruningRecord {
  /** The epoch after which the trial is stopped. */
  readonly epoch: number;
  readonly reason: string;
  readonly seconds: number;
}

/** Creates the journal event of a pruned trial. `history` contains its recorded epochs. */
export function createPrunedEvent(
  { number }: Trial,
  history: readonly EpochRecord[],
  { epoch, reason, seconds }: PruningRecord,
  { metric, goal }: Pick<Experiment, "metric" | "goal">,
): TrialEndedEvent {
  const epochs = history.filter((each) => each.epoch <= epoch);
  const last = epochs.at(-1);
  return {
    event: "trial-ended",
    trial: number,
    status: "pruned",
    epochs: epoch,
    bestEpoch: findBestEpoch(epochs, metric, goal),
    train: last?.train,
    validation: last?.validation,
    seconds,
    reason,
  };
}

/** Returns the text that explains why a trial was pruned. */
export function formatPruningReason({ pruner }: Pick<Experiment, "pruner">, epoch: number): string {
  return `stopped by ${pruner?.type ?? "the pruner"} after epoch ${epoch}`;
}
