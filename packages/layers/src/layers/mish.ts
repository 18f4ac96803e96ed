import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
import { defineLayer } from "../definition.ts";

/** y = x·t with t = tanh(log(1 + e^x)); dx = dy · (t + x·(1 − t²)·sigmoid(x)). Misra 2019. */
export const mish = defineLayer({
  type: "mish",
  description: "Like silu, with a softer knee.",
  options: Type.Object({}),
  plan: (_options, inputShape) => planActivation({ kind: "mish" }, inputShape),
});
