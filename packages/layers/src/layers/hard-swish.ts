import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

/** dx = 0 where x ≤ −3, dy where x ≥ 3, else dy · (2x + 3) / 6. */
export const hardSwish = defineLayer({
  type: "hard-swish",
  description:
    "A piecewise approximation of swish without the exponential, for devices with " +
    "little computing power.",
  formula: "y = 0 where x ≤ −3, x where x ≥ 3, else x·(x + 3) / 6",
  shapes: "x (N, …) → y (N, …)",
  paper: "Howard et al. 2019, Searching for MobileNetV3",
  options: Type.Object({}),
  plan: (_options, inputShape) => planElementwiseFunction({ kind: "hard-swish" }, inputShape),
});
