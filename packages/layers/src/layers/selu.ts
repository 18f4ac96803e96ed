import { Type } from "typebox";

import { planActivation } from "./shared/activation.ts";
import { defineLayer } from "../definition.ts";

// The fixed point of the paper: mean 0 and variance 1 come out where they go in.
const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

/**
 * y = λ·x where x > 0, else λ·α·(e^x − 1); dx = λ·dy where x > 0, else dy · λ·α·e^x.
 * Klambauer, Unterthiner, Mayr & Hochreiter 2017.
 */
export const selu = defineLayer({
  type: "selu",
  description: "Scaled elu: keeps mean 0 and variance 1 from layer to layer, with weights from lecun.",
  options: Type.Object({}),
  plan: (_options, inputShape) =>
    planActivation({ kind: "exponential-linear", alpha: ALPHA, scale: SCALE }, inputShape),
});
