import { distance } from "fastest-levenshtein";

/** The candidate that `name` was most likely meant to be, or undefined when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  // One letter of three may differ, two of four (letters swapped), then two of five: beyond that a guess is noise.
  const wanted = plain(name);
  const { length } = wanted;
  let best: string | undefined;
  let bestDistance = (length <= 3 ? 1 : Math.max(2, Math.floor(length / 2.5))) + 1;
  for (const candidate of candidates) {
    const d = distance(wanted, plain(candidate));
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
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
