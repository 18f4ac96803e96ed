import type { FinishedTrial } from "../../sampler.ts";

/**
 * Which comes first, the better one: those trained to the end by their objective, then those that a pruner
 * stopped, the further trained first and then by their objective (as Optuna ranks them), and last those
 * without an objective. 0 for equals.
 */
export function compareFinished(a: FinishedTrial, b: FinishedTrial): number {
  const [costA, costB] = [a.objective ?? Infinity, b.objective ?? Infinity];
  if (costA === Infinity || costB === Infinity) return costA === costB ? 0 : costA - costB;
  const [trainedA, trainedB] = [a.prunedAfter ?? Infinity, b.prunedAfter ?? Infinity];
  return trainedA === trainedB ? costA - costB : trainedA > trainedB ? -1 : 1;
}

/** The places in the history from the best to the worst; of equals the earlier first. */
export function sortTrials(history: readonly FinishedTrial[]): number[] {
  return [...history.keys()].sort((a, b) => compareFinished(history[a]!, history[b]!) || a - b);
}
