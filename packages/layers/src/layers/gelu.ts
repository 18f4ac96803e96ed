import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
import { defineLayer } from "../definition.ts";

/**
 * y = x·Φ(x), Φ the distribution function of the normal distribution, φ its density; dx = dy · (Φ(x) +
 * x·φ(x)). Hendrycks & Gimpel 2016.
 */
export const gelu = defineLayer({
  type: "gelu",
  description: "Gaussian error linear unit: weighs each number by how large it is among normal ones.",
  options: Type.Object({
    approximate: Type.Enum(["none", "tanh"], {
      default: "none",
      description: "Tanh: the approximation that the first transformers used.",
    }),
  }),
  plan: ({ approximate }, inputShape) =>
    planActivation({ kind: approximate === "tanh" ? "gelu-tanh" : "gelu" }, inputShape),
});
