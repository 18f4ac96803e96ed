import { Type } from "typebox";

import { adaptiveMomentOptions, buildAdaptiveMoments } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";

/**
 * AdamW (Loshchilov & Hutter 2019): Adam, with value −= learningRate·weightDecay·value apart from the
 * gradient.
 */
export const adamw = defineOptimizer({
  type: "adamw",
  description:
    "Adam with weight decay that shrinks the parameters themselves instead of bending their gradients.",
  options: Type.Object({
    ...adaptiveMomentOptions,
    weightDecay: Type.Number({
      minimum: 0,
      default: 0.01,
      description: "Each step takes learningRate × this of a parameter's value away.",
    }),
  }),
  build: (options, context) => buildAdaptiveMoments({ ...options, decoupled: true }, context),
});
