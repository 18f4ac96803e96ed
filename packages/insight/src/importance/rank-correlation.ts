// Shows whether a larger hyperparameter increases or decreases the metric. Unlike importance, a rank
// correlation has a sign.
import { sampleCorrelation } from "simple-statistics";

/**
 * Returns Spearman's rank correlation (1904) of two lists of numbers, −1 to 1: the correlation of their
 * ranks. Equal numbers get the mean of their ranks. Returns undefined if all numbers of a list are equal.
 * Throws RangeError if the lengths differ, if there are fewer than two numbers, or if a number is NaN.
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number | undefined {
  if (x.length !== y.length || x.length < 2)
    throw new RangeError(
      `rankCorrelation: x and y must have the same length, at least 2, got ${x.length} and ${y.length}.`,
    );
  if ([...x, ...y].some(Number.isNaN)) throw new RangeError("rankCorrelation: x and y must not contain NaN.");
  const [first, second] = [ranksOf(x), ranksOf(y)];
  const varies = (ranks: readonly number[]): boolean => ranks.some((rank) => rank !== ranks[0]);
  if (!varies(first) || !varies(second)) return undefined;
  return Math.max(-1, Math.min(1, sampleCorrelation(first, second)));
}

/** Returns the ranks of the values, from 1. */
function ranksOf(values: readonly number[]): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // The mean of from + 1, …, to.
    for (const index of order.slice(from, to)) ranks[index] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
