import { distance } from "fastest-levenshtein";

/** A name with fewer letters is not treated as the start of another name. */
const SHORTEST_START = 4;

/** Returns the candidate that is most similar to `name`; undefined if none is similar enough. */
export function findNearestName(name: string, candidates: Iterable<string>): string | undefined {
  return findNearestNames(name, candidates)[0];
}

/**
 * Returns the candidates that are most similar to `name`: several if they are equally similar. If none is
 * similar and `name` has at least four letters, returns those that begin with it.
 */
export function findNearestNames(name: string, candidates: Iterable<string>): string[] {
  // One letter of four may differ, two of five, three of eight. With more differences, a guess is rarely
  // right.
  const wanted = normalizeName(name);
  const all = Array.from(candidates);
  let best: string[] = [];
  let bestDistance = Math.max(1, Math.floor(wanted.length / 2.5));
  for (const candidate of all) {
    const d = computeEditDistance(wanted, normalizeName(candidate));
    if (d > bestDistance) continue;
    best = d < bestDistance ? [candidate] : [...best, candidate];
    bestDistance = d;
  }
  if (best.length > 0 || wanted.length < SHORTEST_START) return best;
  return all.filter((candidate) => normalizeName(candidate).startsWith(wanted));
}

/**
 * Returns the number of letters to insert, delete or replace (Levenshtein 1966). Two swapped letters count as
 * one.
 */
function computeEditDistance(a: string, b: string): number {
  const d = distance(a, b);
  return d === 2 && sorted(a) === sorted(b) ? 1 : d;
}

function sorted(text: string): string {
  return text.split("").sort().join("");
}

/** Returns `did you mean "learningRate"?`, or undefined if no candidate is similar enough. */
export function formatSuggestion(name: string, candidates: Iterable<string>): string | undefined {
  const candidate = findNearestName(name, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** Normalizes a name: learning_rate, learning-rate and LearningRate are equal to learningRate. */
function normalizeName(name: string): string {
  return name.slice(0, 200).toLowerCase().replaceAll(/[-_ ]/g, "");
}
