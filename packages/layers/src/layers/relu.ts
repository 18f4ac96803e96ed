import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planElementwise } from "./shared/elementwise.ts";

/** y = max(x, 0); dx = dy where y > 0, else 0. Nair & Hinton 2010. */
export const relu = defineLayer({
  type: "relu",
  description: "Rectified linear unit: passes what is positive, stops what is negative.",
  options: Type.Object({}),
  plan: (_options, inputShape) => planElementwise({ kind: "relu" }, inputShape),
});
