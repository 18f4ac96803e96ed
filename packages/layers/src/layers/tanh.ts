import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planElementwise } from "./shared/elementwise.ts";

/** y = tanh x; dx = dy · (1 − y²). */
export const tanh = defineLayer({
  type: "tanh",
  description: "Squashes each number into −1 … 1, centred on zero.",
  options: Type.Object({}),
  plan: (_options, inputShape) => planElementwise({ kind: "tanh" }, inputShape),
});
