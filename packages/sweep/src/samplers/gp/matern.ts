import { exp, sqrt } from "@nn/tensor";

/**
 * A point in a search space, (D). A coordinate is from 0 to 1 in an ordered dimension, and the index of an
 * entry in a list.
 */
export type Point = Float64Array;

const root5 = sqrt(5);

/**
 * Returns Matérn's kernel with ν = 5/2, k(r) = (1 + √5·r + 5/3·r²)·exp(−√5·r), from r². Rasmussen & Williams
 * 2006, 4.17.
 */
export function matern52(squared: number): number {
  const scaled = root5 * sqrt(squared);
  return (1 + scaled + (5 / 3) * squared) * exp(-scaled);
}

/**
 * Returns −2·dk/d(r²) = 5/3·(1 + √5·r)·exp(−√5·r), from r² and k itself. For one dimension, dk/d(log ℓ) is
 * this times the term of the dimension in r².
 */
export function matern52Derivative(squared: number, kernel: number): number {
  const scaled = root5 * sqrt(squared);
  return ((5 / 3) * (1 + scaled) * kernel) / (1 + scaled + (5 / 3) * squared);
}

/** Returns r² = Σ weight·(difference)², with the weight 1/ℓ² of a dimension. */
export function computeSquaredDistance(
  a: Point,
  b: Point,
  ordered: readonly boolean[],
  weights: Float64Array,
): number {
  let sum = 0;
  for (let d = 0; d < weights.length; d++) {
    const difference = a[d]! - b[d]!;
    if (ordered[d]!) sum += weights[d]! * difference * difference;
    else if (difference !== 0) sum += 2 * weights[d]!;
  }
  return sum;
}

/**
 * Writes the squared difference of two points in each dimension to `out`: (a − b)². In a list each entry has
 * its own axis (one-hot), so two different entries give 2.
 */
export function computeSquaredDifferences(
  a: Point,
  b: Point,
  ordered: readonly boolean[],
  out: Float64Array,
): void {
  for (let d = 0; d < a.length; d++) {
    const difference = a[d]! - b[d]!;
    out[d] = ordered[d]! ? difference * difference : difference === 0 ? 0 : 2;
  }
}
