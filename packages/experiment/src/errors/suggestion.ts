import { distance } from "fastest-levenshtein";

/** The candidate that `name` was most likely meant to be, or undefined when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  return nearestNames(name, candidates)[0];
}

/** The candidates that `name` may have been meant to be: the nearest, and those that are as near. */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  // One letter of four may differ, two of five, three of eight: beyond that a guess is noise.
  const wanted = plain(name);
  let best: string[] = [];
  let bestDistance = Math.max(1, Math.floor(wanted.length / 2.5));
  for (const candidate of candidates) {
    const d = difference(wanted, plain(candidate));
    if (d > bestDistance) continue;
    best = d < bestDistance ? [candidate] : [...best, candidate];
    bestDistance = d;
  }
  return best;
}

/**
 * Letters to insert, delete or replace (Levenshtein 1966); letters that only stand in another order count as
 * one.
 */
function difference(a: string, b: string): number {
  const d = distance(a, b);
  return d === 2 && sorted(a) === sorted(b) ? 1 : d;
}

function sorted(text: string): string {
  return text.split("").sort().join("");
}

/** `did you mean "learningRate"?`, or undefined. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(name, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** learning_rate, learning-rate and LearningRate are all near to learningRate. */
function plain(name: string): string {
  return name.slice(0, 200).toLowerCase().replaceAll(/[-_ ]/g, "");
}
