import { Type } from "typebox";

import { adaptiveMomentOptions, buildAdaptiveMoments } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";

/** Each parameter has its own step size. Weight decay is added to the gradient g. */
export const adam = defineOptimizer({
  type: "adam",
  description: "Gives each parameter its own step size, from moving averages of its gradient and its square.",
  formula: [
    "m = β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)",
    "v = β₂·v + (1 − β₂)·g²       v̂ = v / (1 − β₂ᵗ)",
    "value −= learningRate · m̂ / (√v̂ + ε)",
  ],
  example: "{ type: adam, learningRate: 0.001 }",
  paper: "Kingma & Ba 2015, Adam: a method for stochastic optimization",
  options: Type.Object({
    ...adaptiveMomentOptions,
    weightDecay: Type.Number({
      minimum: 0,
      default: 0,
      description:
        "Adds weightDecay × value to each parameter's gradient. Use adamw for weight decay that is not rescaled.",
    }),
  }),
  build: (options, context) => buildAdaptiveMoments({ ...options, decoupled: false }, context),
});
