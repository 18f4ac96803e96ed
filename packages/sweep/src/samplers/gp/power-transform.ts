import { log, sqrt } from "@nn/tensor";

/**
 * Values of c to try, from nearly logarithmic to nearly linear. With smaller ones, the transform is so steep
 * near the least objective that no smooth process can follow it.
 */
const shifts = [0.3, 1, 3, 10, 30, 100];

/**
 * Transforms objectives towards a normal distribution: y = log((objective − least)/spread + c) with the most
 * likely c, standardized to zero mean and unit variance. Losses of different orders of magnitude come closer
 * together, and evenly spread ones stay evenly spread. The order stays the same. The Box–Cox transformation
 * (1964) has the same purpose but requires positive values.
 */
export function powerTransform(objectives: readonly number[]): Float64Array {
  const sorted = objectives.toSorted((a, b) => a - b);
  const min = sorted[0] ?? 0;
  const spread = (sorted[Math.floor(sorted.length / 2)] ?? 0) - min || (sorted.at(-1) ?? 0) - min;
  // All are equal, or their difference overflows.
  if (!(spread > 0) || !Number.isFinite(spread))
    return standard(Float64Array.from(objectives, (objective) => (objective > min ? 1 : 0)));
  const from = Float64Array.from(objectives, (objective) =>
    Math.min((objective - min) / spread, Number.MAX_VALUE),
  );
  let best = { likelihood: -Infinity, values: from };
  for (const shift of shifts) {
    const values = from.map((x) => log(x + shift));
    // log p = −n/2·log(variance) − Σ log(x + c); the sum comes from the derivative of the logarithm
    const likelihood =
      (-values.length / 2) * log(Math.max(varianceOf(values), 1e-300)) - values.reduce((a, b) => a + b, 0);
    if (likelihood > best.likelihood) best = { likelihood, values };
  }
  return standard(best.values);
}

function standard(values: Float64Array): Float64Array {
  const mean = meanOf(values);
  const deviation = sqrt(varianceOf(values)) || 1;
  return values.map((value) => (value - mean) / deviation);
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
}
