import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planFusibleActivation } from "./shared/fusible-activation.ts";

/** dx = dy where y > 0, else slope·dy. */
export const leakyRelu = defineLayer({
  type: "leaky-relu",
  description: "A relu with a small slope for negative numbers, so that no neuron stops learning.",
  formula: "y = x where x ≥ 0, else slope·x",
  shapes: "x (N, …) → y (N, …)",
  paper: "Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
  options: Type.Object({
    slope: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.01,
      description: "The derivative for negative inputs.",
    }),
  }),
  plan: ({ slope }, inputShape) => planFusibleActivation({ kind: "leaky-relu", slope }, inputShape),
});
