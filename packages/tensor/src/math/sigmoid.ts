import { exp } from "./exp.ts";

/**
 * Returns 1 / (1 + e^−x) for any x: sigmoid(−∞) = 0, sigmoid(∞) = 1, sigmoid(NaN) = NaN. The error is below
 * 2.5 ulp.
 *
 * It uses e^−|x|, which never overflows. For x < 0, it computes e^x / (1 + e^x), which does not cancel.
 */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  const numerator = x < 0 ? e : 1;
  return numerator / (1 + e);
}
