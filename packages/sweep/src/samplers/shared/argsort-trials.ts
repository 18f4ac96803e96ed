import type { FinishedTrial } from "../../sampler.ts";

/**
 * Compares two trials to sort them from best to worst. Completed trials come first, sorted by objective.
 * Pruned trials follow: the longest trained first, and then by objective (as Optuna ranks them). Trials
 * without an objective come last. Returns 0 for equal trials.
 */
export function compareTrials(a: FinishedTrial, b: FinishedTrial): number {
  const [costA, costB] = [a.objective ?? Infinity, b.objective ?? Infinity];
  if (costA === Infinity || costB === Infinity) return costA === costB ? 0 : costA - costB;
  const [trainedA, trainedB] = [a.prunedAfter ?? Infinity, b.prunedAfter ?? Infinity];
  return trainedA === trainedB ? costA - costB : trainedA > trainedB ? -1 : 1;
}

/**
 * Returns the indices of the history, sorted from the best to the worst trial. Among equal trials, the
 * earlier comes first.
 */
export function argsortTrials(history: readonly FinishedTrial[]): number[] {
  return [...history.keys()].sort((a, b) => compareTrials(history[a]!, history[b]!) || a - b);
}
