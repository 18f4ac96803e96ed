import { exp } from "./exp.ts";

/**
 * 1 / (1 + e^−x). Any x; sigmoid(−∞) = 0, sigmoid(∞) = 1, sigmoid(NaN) = NaN. Error below 2.5 ulp.
 *
 * Written with e^−|x|, which never overflows: e^x / (1 + e^x) on the left keeps its digits down to 10⁻³²³.
 */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  const numerator = x < 0 ? e : 1;
  return numerator / (1 + e);
}
