import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
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
  plan: ({ beta }, inputShape) => planActivation({ kind: "softplus", beta }, inputShape),
});
