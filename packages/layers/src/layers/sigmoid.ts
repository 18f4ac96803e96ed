import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planElementwise } from "./shared/elementwise.ts";

/** y = 1 / (1 + e^−x); dx = dy · y·(1 − y). */
export const sigmoid = defineLayer({
  type: "sigmoid",
  description: "Squashes each number into 0 … 1.",
  options: Type.Object({}),
  plan: (_options, inputShape) => planElementwise({ kind: "sigmoid" }, inputShape),
});
