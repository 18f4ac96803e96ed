import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

/** dx = dy · s·(1 + x·(1 − s)). Also known as swish. */
export const silu = defineLayer({
  type: "silu",
  description:
    "Sigmoid linear unit, also called swish: a smooth relu that is slightly negative " +
    "for small negative inputs.",
  formula: "y = x·s with s = sigmoid(x)",
  shapes: "x (N, …) → y (N, …)",
  paper:
    "Elfwing, Uchibe & Doya 2018, Sigmoid-weighted linear units for neural network function approximation " +
    "in reinforcement learning",
  options: Type.Object({}),
  plan: (_options, inputShape) => planElementwiseFunction({ kind: "silu" }, inputShape),
});
