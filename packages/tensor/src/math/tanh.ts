import { expMinusOne } from "./exp.ts";

/**
 * Hyperbolic tangent. Any x; tanh(±0) = ±0, tanh(±∞) = ±1, tanh(NaN) = NaN. Error below 2.5 ulp.
 *
 * tanh|x| = t / (t + 2) with t = e^2|x| − 1, which has no cancellation for small x either; then the sign of
 * x.
 */
export function tanh(x: number): number {
  const size = Math.abs(x);
  // From 20 on the result is 1, and t stays finite. NaN passes the test.
  const t = expMinusOne(2 * (size > 20 ? 20 : size));
  const result = t / (t + 2);
  const signed = x < 0 ? -result : result;
  return x === 0 ? x : signed; // −0 has a sign, too
}
