import { sizeOf } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { affineParameters, normEpsilonOption } from "./shared/normalization.ts";
import { planRowNormalization } from "./shared/row-normalization.ts";
import { refuseSingleNumber } from "./shared/single-number.ts";

/**
 * y = γ·x̂ with x̂ = x·r, r = 1/√(mean(x²) + ε), the mean over the last axis. x, y (N, …, D), γ (D). For dx
 * see row-normalization.ts. Zhang & Sennrich 2019.
 */
export const rmsNorm = defineLayer({
  type: "rms-norm",
  description:
    "Scales the numbers of the last axis to a mean square of 1: a layer-norm that leaves the mean alone.",
  options: Type.Object({
    epsilon: normEpsilonOption(1e-6),
    affine: Type.Boolean({ default: true, description: "Whether a learned weight follows." }),
  }),

  plan({ epsilon, affine }, inputShape) {
    const shape = [inputShape.at(-1) ?? 1];
    const advice = "Leave it out, or give the last axis more numbers.";
    refuseSingleNumber("rms-norm", sizeOf(shape), inputShape, advice);
    const { weight } = affineParameters(affine, shape);
    const parameters = weight === undefined ? {} : { weight };
    return planRowNormalization({ shape, centered: false, epsilon, parameters }, inputShape);
  },
});
