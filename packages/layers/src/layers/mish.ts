import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

/** dx = dy · (t + x·(1 − t²)·sigmoid(x)). */
export const mish = defineLayer({
  type: "mish",
  description: "A smooth relu, similar to silu.",
  formula: "y = x·t with t = tanh(log(1 + e^x))",
  shapes: "x (N, …) → y (N, …)",
  paper: "Misra 2019, Mish: a self regularized non-monotonic activation function",
  options: Type.Object({}),
  plan: (_options, inputShape) => planElementwiseFunction({ kind: "mish" }, inputShape),
});
