import { exp, sqrt } from "@nn/tensor";

/**
 * A place among the sides of a search space, (D): on an ordered side from 0 to 1, of a list the index of an
 * entry.
 */
export type Point = Float64Array;

const root5 = sqrt(5);

/**
 * Matérn's kernel with ν = 5/2: k(r) = (1 + √5·r + 5/3·r²)·exp(−√5·r), of the square of r. Rasmussen &
 * Williams 2006, 4.17.
 */
export function matern52(squared: number): number {
  const scaled = root5 * sqrt(squared);
  return (1 + scaled + (5 / 3) * squared) * exp(-scaled);
}

/**
 * −2·dk/d(r²) = 5/3·(1 + √5·r)·exp(−√5·r), so that dk/d(log ℓ) of one side is this times its part of r²; from
 * k itself.
 */
export function matern52Slope(squared: number, kernel: number): number {
  const scaled = root5 * sqrt(squared);
  return ((5 / 3) * (1 + scaled) * kernel) / (1 + scaled + (5 / 3) * squared);
}

/** r² = Σ weight·(difference)², the weight of a side 1/ℓ². */
export function weightedDistance(
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
 * How two places differ on each side: (a − b)², and of a list, each entry an axis of its own (one-hot), 2
 * where they are not the same.
 */
export function squaredDifferences(a: Point, b: Point, ordered: readonly boolean[], out: Float64Array): void {
  for (let d = 0; d < a.length; d++) {
    const difference = a[d]! - b[d]!;
    out[d] = ordered[d]! ? difference * difference : difference === 0 ? 0 : 2;
  }
}
