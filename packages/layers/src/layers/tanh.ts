import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planFusibleActivation } from "./shared/fusible-activation.ts";

/** dx = dy · (1 − y²). */
export const tanh = defineLayer({
  type: "tanh",
  description: "Maps each number to the range −1 to 1.",
  formula: "y = tanh x",
  shapes: "x (N, …) → y (N, …)",
  options: Type.Object({}),
  plan: (_options, inputShape) => planFusibleActivation({ kind: "tanh" }, inputShape),
});
