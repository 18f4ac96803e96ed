import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { distributionOption, drawWeights } from "./shared/draw-weights.ts";

/** Variance 2 / (fanIn + fanOut); uniform: within ±√(6 / (fanIn + fanOut)). Glorot & Bengio 2010. */
export const glorot = defineInitializer({
  type: "glorot",
  description:
    "For tanh and sigmoid: a balance between keeping the size of the signal and that of the gradient.",
  options: Type.Object({ distribution: distributionOption }),
  fill({ distribution }, value, { fanIn, fanOut }, rng) {
    drawWeights(value, distribution, 2 / (fanIn + fanOut), rng);
  },
});
