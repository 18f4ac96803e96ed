import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

/** dx = dy · sigmoid(beta·x). */
export const softplus = defineLayer({
  type: "softplus",
  description: "A smooth relu whose output is always positive.",
  formula: "y = log(1 + e^(beta·x)) / beta",
  shapes: "x (N, …) → y (N, …)",
  paper: "Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing",
  options: Type.Object({
    beta: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Sharpness of the curve. The larger it is, the closer to relu.",
    }),
  }),
  plan: ({ beta }, inputShape) => planElementwiseFunction({ kind: "softplus", beta }, inputShape),
});
