import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

/** dx = dy where x > 0, else dy · alpha·e^x. */
export const elu = defineLayer({
  type: "elu",
  description:
    "Exponential linear unit: tends to −alpha for negative inputs, which keeps the mean of the outputs near zero.",
  formula: "y = x where x > 0, else alpha·(e^x − 1)",
  shapes: "x (N, …) → y (N, …)",
  paper:
    "Clevert, Unterthiner & Hochreiter 2016, Fast and accurate deep network learning by exponential linear units",
  options: Type.Object({
    alpha: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "The output tends to −alpha for very negative inputs.",
    }),
  }),
  plan: ({ alpha }, inputShape) =>
    planElementwiseFunction({ kind: "exponential-linear", alpha, scale: 1 }, inputShape),
});
