import { exp, tanh } from "@nn/tensor";

import type { Curve } from "./curve.ts";

/** y = scale · (x where x > 0, else alpha·(e^x − 1)): what elu and selu are. */
export function exponentialLinear(alpha: number, scale: number): Curve {
  return {
    y: (x) => scale * (x > 0 ? x : alpha * exponentialMinusOne(x)),
    dydx: (x) => scale * (x > 0 ? 1 : alpha * exp(x)),
  };
}

/** e^x − 1 = 2t / (1 − t) with t = tanh(x/2): nothing cancels for x ≤ 0, however small. */
function exponentialMinusOne(x: number): number {
  const t = tanh(x / 2);
  return (2 * t) / (1 - t);
}
