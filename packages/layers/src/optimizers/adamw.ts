import { Type } from "typebox";

import { adaptiveMomentOptions, buildAdaptiveMoments } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";

/** Adam with weight decay applied to the value, not through the gradient. */
export const adamw = defineOptimizer({
  type: "adamw",
  description:
    "Adam with weight decay that shrinks the parameters themselves instead of changing their gradients.",
  formula: [
    "m = β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)",
    "v = β₂·v + (1 − β₂)·g²       v̂ = v / (1 − β₂ᵗ)",
    "value −= learningRate · (m̂ / (√v̂ + ε) + weightDecay·value)",
  ],
  example: "{ type: adamw, learningRate: 0.001, weightDecay: 0.01 }",
  paper: "Loshchilov & Hutter 2019, Decoupled weight decay regularization",
  options: Type.Object({
    ...adaptiveMomentOptions,
    weightDecay: Type.Number({
      minimum: 0,
      default: 0.01,
      description: "Each step subtracts learningRate × weightDecay × value from each parameter.",
    }),
  }),
  build: (options, context) => buildAdaptiveMoments({ ...options, decoupled: true }, context),
});
