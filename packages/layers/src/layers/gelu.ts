import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

/** dx = dy · (Φ(x) + x·φ(x)), with φ the density of the standard normal distribution. */
export const gelu = defineLayer({
  type: "gelu",
  description:
    "Gaussian error linear unit: multiplies each number by the probability that a standard normal number is smaller.",
  formula: "y = x·Φ(x), with Φ the distribution function of the standard normal distribution",
  shapes: "x (N, …) → y (N, …)",
  paper: "Hendrycks & Gimpel 2016, Gaussian error linear units",
  options: Type.Object({
    approximate: Type.Enum(["none", "tanh"], {
      default: "none",
      description:
        "How Φ is computed: exactly (none), or by the approximation that early transformers use (tanh).",
    }),
  }),
  plan: ({ approximate }, inputShape) =>
    planElementwiseFunction({ kind: approximate === "tanh" ? "gelu-tanh" : "gelu" }, inputShape),
});
