import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
import { defineLayer } from "../definition.ts";

/**
 * y = x·s with s = sigmoid(x); dx = dy · s·(1 + x·(1 − s)). Elfwing, Uchibe & Doya 2018; also known as swish.
 */
export const silu = defineLayer({
  type: "silu",
  description: "Sigmoid linear unit, or swish: a smooth relu that dips a little below zero.",
  options: Type.Object({}),
  plan: (_options, inputShape) => planActivation({ kind: "silu" }, inputShape),
});
