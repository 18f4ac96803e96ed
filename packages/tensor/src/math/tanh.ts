import { expm1 } from "./exp.ts";

/**
 * Returns the hyperbolic tangent of any x: tanh(±0) = ±0, tanh(±∞) = ±1, tanh(NaN) = NaN. The error is below
 * 2.5 ulp.
 *
 * tanh|x| = t / (t + 2) with t = e^2|x| − 1, which has no cancellation for small x. The result has the sign
 * of x.
 */
export function tanh(x: number): number {
  const size = Math.abs(x);
  // From |x| = 20 on, the result is ±1. The limit keeps t finite. NaN stays NaN.
  const t = expm1(2 * (size > 20 ? 20 : size));
  const result = t / (t + 2);
  const signed = x < 0 ? -result : result;
  return x === 0 ? x : signed; // keeps the sign of −0
}
