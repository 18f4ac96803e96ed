import { exp, log, sigmoid } from "@nn/tensor";
import { Type } from "typebox";

import { planCurve } from "../curve.ts";
import { defineLayer } from "../definition.ts";

/** y = log(1 + e^(beta·x)) / beta; dx = dy · sigmoid(beta·x). Dugas et al. 2001. */
export const softplus = defineLayer({
  type: "softplus",
  description: "A smooth relu that is positive everywhere.",
  options: Type.Object({
    beta: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "The larger, the closer to relu.",
    }),
  }),
  plan: ({ beta }, inputShape) =>
    planCurve(
      {
        y: (x) => logOnePlusExp(beta * x) / beta,
        dydx: (x) => sigmoid(beta * x),
      },
      inputShape,
    ),
});

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|), which overflows nowhere. */
function logOnePlusExp(x: number): number {
  const e = exp(-Math.abs(x));
  const sum = 1 + e;
  // Much of a small e is lost in the sum; log(sum) / (sum − 1) is right for what the sum kept (Kahan).
  const rest = sum === 1 ? e : (log(sum) * e) / (sum - 1);
  return x > 0 ? x + rest : rest;
}
