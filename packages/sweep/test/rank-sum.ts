import { erf, sqrt } from "@nn/tensor";

/**
 * Returns the one-sided p-value for the hypothesis that the first numbers are smaller than the second ones
 * (Mann & Whitney 1947), with the normal approximation, tie correction and continuity correction. It is
 * accurate from about ten numbers on each side.
 */
export function rankSumPValue(smaller: readonly number[], larger: readonly number[]): number {
  const [m, n] = [smaller.length, larger.length];
  // U: the number of pairs in the claimed order; equal pairs count half.
  let u = 0;
  for (const a of smaller) for (const b of larger) u += a < b ? 1 : a === b ? 1 / 2 : 0;
  const counts = new Map<number, number>();
  for (const value of [...smaller, ...larger]) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ties = [...counts.values()].reduce((sum, t) => sum + t * t * t - t, 0);
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1;
  const z = (u - (m * n) / 2 - 1 / 2) / sqrt(variance);
  return (1 - erf(z / sqrt(2))) / 2;
}

/** Returns the median; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
