import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
import { defineLayer } from "../definition.ts";

/**
 * y = x where x > 0, else alpha·(e^x − 1); dx = dy where x > 0, else dy · alpha·e^x. Clevert, Unterthiner &
 * Hochreiter 2016.
 */
export const elu = defineLayer({
  type: "elu",
  description:
    "Exponential linear unit: bends to −alpha where the input is negative, so that means stay near zero.",
  options: Type.Object({
    alpha: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "What the output tends to for very negative inputs, with a minus before it.",
    }),
  }),
  plan: ({ alpha }, inputShape) =>
    planActivation({ kind: "exponential-linear", alpha, scale: 1 }, inputShape),
});
