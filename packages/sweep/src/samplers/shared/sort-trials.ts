import type { Ended } from "../../sampler.ts";

/**
 * Which comes first, the better one: those trained to the end by their cost, then those that a pruner stopped, the further trained
 * first and then by their cost (as Optuna ranks them), and last those without a cost. 0 for equals.
 */
export function compareEnded(a: Ended, b: Ended): number {
  const [costA, costB] = [a.cost ?? Infinity, b.cost ?? Infinity];
  if (costA === Infinity || costB === Infinity) return costA === costB ? 0 : costA - costB;
  const [trainedA, trainedB] = [a.prunedAfter ?? Infinity, b.prunedAfter ?? Infinity];
  return trainedA === trainedB ? costA - costB : trainedA > trainedB ? -1 : 1;
}

/** The places in the history from the best to the worst; of equals the earlier first. */
export function fromBest(history: readonly Ended[]): number[] {
  return [...history.keys()].sort((a, b) => compareEnded(history[a]!, history[b]!) || a - b);
}
