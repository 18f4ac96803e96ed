import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planFusibleActivation } from "./shared/fusible-activation.ts";

/** dx = dy where y > 0, else 0. */
export const relu = defineLayer({
  type: "relu",
  description: "Rectified linear unit: keeps positive numbers and sets negative ones to zero.",
  formula: "y = max(x, 0)",
  shapes: "x (N, …) → y (N, …)",
  paper: "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
  options: Type.Object({}),
  plan: (_options, inputShape) => planFusibleActivation({ kind: "relu" }, inputShape),
});
