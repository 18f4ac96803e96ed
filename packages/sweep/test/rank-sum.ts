import { erf, sqrt } from "@nn/tensor";

/**
 * How likely chance alone makes the first numbers as small against the second as they are: Mann & Whitney
 * 1947, one-sided, with the normal approximation that counts ties and takes off a half for continuity; good
 * from some ten numbers on each side.
 */
export function rankSumP(smaller: readonly number[], larger: readonly number[]): number {
  const [m, n] = [smaller.length, larger.length];
  // U: pairs in the order that is claimed, equals half.
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

/** The middle one; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
