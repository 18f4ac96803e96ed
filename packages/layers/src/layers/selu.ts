import { Type } from "typebox";

import { planElementwiseFunction } from "./shared/elementwise-function.ts";
import { defineLayer } from "../definition.ts";

// The constants of the paper, with which mean 0 and variance 1 are a fixed point from layer to layer.
const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

/** dx = λ·dy where x > 0, else dy · λ·α·e^x. */
export const selu = defineLayer({
  type: "selu",
  description:
    "Scaled elu: keeps mean 0 and variance 1 from layer to layer when weights are initialized with lecun.",
  formula: "y = λ·x where x > 0, else λ·α·(e^x − 1), with λ = 1.0507 and α = 1.6733",
  shapes: "x (N, …) → y (N, …)",
  paper: "Klambauer, Unterthiner, Mayr & Hochreiter 2017, Self-normalizing neural networks",
  options: Type.Object({}),
  plan: (_options, inputShape) =>
    planElementwiseFunction({ kind: "exponential-linear", alpha: ALPHA, scale: SCALE }, inputShape),
});
