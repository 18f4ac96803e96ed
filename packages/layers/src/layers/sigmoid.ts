import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planFusibleActivation } from "./shared/fusible-activation.ts";

/** dx = dy · y·(1 − y). */
export const sigmoid = defineLayer({
  type: "sigmoid",
  description: "Maps each number to the range 0 to 1.",
  formula: "y = 1 / (1 + e^−x)",
  shapes: "x (N, …) → y (N, …)",
  options: Type.Object({}),
  plan: (_options, inputShape) => planFusibleActivation({ kind: "sigmoid" }, inputShape),
});
