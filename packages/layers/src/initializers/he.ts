import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { distributionOption, drawWeights } from "./shared/draw-weights.ts";

/** The normal and the uniform distribution have the same variance. */
export const he = defineInitializer({
  type: "he",
  description:
    "For relu: keeps the variance of the outputs the same in all layers, although relu sets half of them to zero.",
  formula: "variance 2 / fanIn: normal, or uniform within ±√(6 / fanIn)",
  paper: "He, Zhang, Ren & Sun 2015, Delving deep into rectifiers",
  options: Type.Object({ distribution: distributionOption }),
  fill({ distribution }, value, { fanIn }, rng) {
    drawWeights(value, distribution, 2 / fanIn, rng);
  },
});
