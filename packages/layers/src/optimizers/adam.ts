import { Type } from "typebox";

import { adaptiveMomentOptions, buildAdaptiveMoments } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";

/**
 * Adam (Kingma & Ba 2015): each parameter has a step size of its own. Weight decay is added to the gradient.
 */
export const adam = defineOptimizer({
  type: "adam",
  description:
    "Gives each parameter a step size of its own, from running means of its gradient and its square.",
  options: Type.Object({
    ...adaptiveMomentOptions,
    weightDecay: Type.Number({
      minimum: 0,
      default: 0,
      description:
        "This times its value is added to a parameter's gradient. For decay that adam does not rescale, take adamw.",
    }),
  }),
  build: (options, context) => buildAdaptiveMoments({ ...options, decoupled: false }, context),
});
