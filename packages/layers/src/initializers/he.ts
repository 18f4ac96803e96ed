import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";
import { distributionOption, drawWeights } from "./shared/draw-weights.ts";

/** Variance 2 / fanIn: normal with σ = √(2 / fanIn), or uniform within ±√(6 / fanIn). He et al. 2015. */
export const he = defineInitializer({
  type: "he",
  description:
    "For relu: keeps the size of the signal, of which a relu stops half, the same from layer to layer.",
  options: Type.Object({ distribution: distributionOption }),
  fill({ distribution }, value, { fanIn }, rng) {
    drawWeights(value, distribution, 2 / fanIn, rng);
  },
});
