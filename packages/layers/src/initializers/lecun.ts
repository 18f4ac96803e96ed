import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { distributionOption, drawWeights } from "./shared/draw-weights.ts";

/** Variance 1 / fanIn; uniform: within ±√(3 / fanIn). LeCun et al. 1998. */
export const lecun = defineInitializer({
  type: "lecun",
  description: "For tanh: keeps the size of the signal the same from layer to layer.",
  options: Type.Object({ distribution: distributionOption }),
  fill({ distribution }, value, { fanIn }, rng) {
    drawWeights(value, distribution, 1 / fanIn, rng);
  },
});
