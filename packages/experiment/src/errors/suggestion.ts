import { distance } from "fastest-levenshtein";

/** Returns the candidate that was probably meant by `name`; undefined if none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  return nearestNames(name, candidates)[0];
}

/** Returns the nearest candidates to `name`: several if they are equally near. */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  // One letter of four may differ, two of five, three of eight: guesses beyond that are rarely right.
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
 * Returns the number of letters to insert, delete or replace (Levenshtein 1966); two swapped letters count as
 * one.
 */
function difference(a: string, b: string): number {
  const d = distance(a, b);
  return d === 2 && sorted(a) === sorted(b) ? 1 : d;
}

function sorted(text: string): string {
  return text.split("").sort().join("");
}

/** Returns `did you mean "learningRate"?`, or undefined if no candidate is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(name, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** Normalizes a name: learning_rate, learning-rate and LearningRate are equal to learningRate. */
function plain(name: string): string {
  return name.slice(0, 200).toLowerCase().replaceAll(/[-_ ]/g, "");
}
