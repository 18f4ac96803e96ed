import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { distributionOption, drawWeights } from "./shared/draw-weights.ts";

/** The normal and the uniform distribution have the same variance. */
export const glorot = defineInitializer({
  type: "glorot",
  description:
    "For tanh and sigmoid: keeps the variances of the outputs and of the gradients similar in all layers.",
  formula: "variance 2 / (fanIn + fanOut): normal, or uniform within ±√(6 / (fanIn + fanOut))",
  paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
  options: Type.Object({ distribution: distributionOption }),
  fill({ distribution }, value, { fanIn, fanOut }, rng) {
    drawWeights(value, distribution, 2 / (fanIn + fanOut), rng);
  },
});
