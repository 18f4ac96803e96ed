import { exp, sigmoid } from "@nn/tensor";
import { Type } from "typebox";

import { planCurve } from "../curve.ts";
import { defineLayer } from "../definition.ts";

/** y = x·t with t = tanh(log(1 + e^x)); dx = dy · (t + x·(1 − t²)·sigmoid(x)). Misra 2019. */
export const mish = defineLayer({
  type: "mish",
  description: "Like silu, with a softer knee.",
  options: Type.Object({}),
  plan: (_options, inputShape) =>
    planCurve(
      {
        y: (x) => x * tanhOfSoftplus(x),
        dydx(x) {
          const t = tanhOfSoftplus(x);
          return t + x * (1 - t * t) * sigmoid(x);
        },
      },
      inputShape,
    ),
});

/**
 * tanh(log u) = (u² − 1) / (u² + 1) with u = 1 + e^x, so (e² + 2e) / (e² + 2e + 2) with e = e^x; for x ≥ 0 both are divided
 * by e², and e^x, which may overflow, becomes e^−x.
 */
function tanhOfSoftplus(x: number): number {
  const e = exp(-Math.abs(x));
  const numerator = x < 0 ? e * (e + 2) : 1 + 2 * e;
  return numerator / (numerator + (x < 0 ? 2 : 2 * e * e));
}
