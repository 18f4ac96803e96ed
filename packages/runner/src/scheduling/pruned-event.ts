import type { Experiment } from "@nn/experiment";
import type { EpochRecord, TrialEndedEvent } from "@nn/results";
import { bestEpoch, type Trial } from "@nn/training";

/** When and why a trial was pruned. `seconds` is how long it has taken. */
export interface Pruning {
  /** At which epoch it is stopped; it has reached it. */
  readonly epoch: number;
  readonly reason: string;
  readonly seconds: number;
}

/** A trial is stopped for good. `history`: its epochs, as far as recorded. */
export function prunedEvent(
  { number }: Trial,
  history: readonly EpochRecord[],
  { epoch, reason, seconds }: Pruning,
  { metric, goal }: Pick<Experiment, "metric" | "goal">,
): TrialEndedEvent {
  const epochs = history.filter((each) => each.epoch <= epoch);
  const last = epochs.at(-1);
  return {
    event: "trial-ended",
    trial: number,
    status: "pruned",
    epochs: epoch,
    bestEpoch: bestEpoch(epochs, metric, goal),
    train: last?.train,
    validation: last?.validation,
    seconds,
    reason,
  };
}

/** For people. */
export function pruningReason({ pruner }: Pick<Experiment, "pruner">, epoch: number): string {
  return `stopped by ${pruner?.type ?? "the pruner"} after epoch ${epoch}`;
}
