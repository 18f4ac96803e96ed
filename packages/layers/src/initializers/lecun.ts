import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { distributionOption, drawWeights } from "./shared/draw-weights.ts";

/** The normal and the uniform distribution have the same variance. */
export const lecun = defineInitializer({
  type: "lecun",
  description: "For tanh and selu: keeps the variance of the outputs the same in all layers.",
  formula: "variance 1 / fanIn: normal, or uniform within ±√(3 / fanIn)",
  paper: "LeCun, Bottou, Orr & Müller 1998, Efficient backprop",
  options: Type.Object({ distribution: distributionOption }),
  fill({ distribution }, value, { fanIn }, rng) {
    drawWeights(value, distribution, 1 / fanIn, rng);
  },
});
