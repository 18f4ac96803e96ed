import type { FloatArray } from "@nn/tensor";

/** The largest allowed difference between analytic and numeric gradients, relative to the gradient. */
export const GRADIENT_TOLERANCE = 1e-6;

// Central differences have an error of about h² = 1e-10 from curvature and about 1e-16 / h = 1e-11 from
// rounding.
const h = 1e-5;

/**
 * Returns ∂loss/∂values by central differences, (loss(v + h) − loss(v − h)) / 2h, one number at a time.
 * `loss` must read `values`, which are float64. They are restored afterwards.
 */
export function computeNumericGradient(values: FloatArray, loss: () => number): Float64Array {
  return Float64Array.from(values, (value, i) => {
    values[i] = value + h;
    const above = loss();
    values[i] = value - h;
    const below = loss();
    values[i] = value;
    return (above - below) / (2 * h);
  });
}

/**
 * Returns the largest relative error between two gradients. Numbers smaller than `floor` times the largest
 * number are compared relative to that value. The default is 1e-3, because central differences are not
 * accurate enough for smaller numbers.
 */
export function computeRelativeError(analytic: FloatArray, numeric: FloatArray, floor = 1e-3): number {
  let largest = 0;
  for (const value of [...analytic, ...numeric]) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;

  let worst = 0;
  for (let i = 0; i < analytic.length; i++) {
    const [a, n] = [analytic[i]!, numeric[i]!];
    worst = Math.max(worst, Math.abs(a - n) / Math.max(Math.abs(a), Math.abs(n), floor * largest));
  }
  return worst;
}

/**
 * Describes the number of a gradient with the largest relative error. Returns undefined if all numbers are
 * within the tolerance.
 */
export function describeGradientError(
  name: string,
  analytic: FloatArray,
  numeric: FloatArray,
): string | undefined {
  const error = computeRelativeError(analytic, numeric);
  if (error <= GRADIENT_TOLERANCE) return undefined;
  let largest = 0;
  for (const value of [...analytic, ...numeric]) largest = Math.max(largest, Math.abs(value));
  let [worst, at] = [-1, 0];
  for (let i = 0; i < analytic.length; i++) {
    const [a, n] = [analytic[i]!, numeric[i]!];
    const gap = Math.abs(a - n) / Math.max(Math.abs(a), Math.abs(n), 1e-3 * largest);
    if (gap > worst || Number.isNaN(gap)) [worst, at] = [gap, i];
    if (Number.isNaN(gap)) break;
  }
  return (
    `${name}[${at}]: backward gives ${analytic[at]}, central differences give ${numeric[at]}: ` +
    `the relative error is ${worst.toExponential(1)}, and at most ${GRADIENT_TOLERANCE.toExponential(0)} is allowed`
  );
}
