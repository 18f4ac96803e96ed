import { countElements } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planAffineParameters, normalizationEpsilonOption } from "./shared/normalization.ts";
import { planRowNormalization } from "./shared/row-normalization.ts";
import { requireNormalizedCount } from "./shared/normalized-count.ts";

/** The mean of x² is over the last axis. row-normalization.ts explains dx. */
export const rmsNorm = defineLayer({
  type: "rms-norm",
  description:
    "Scales the numbers of the last axis to a mean square of 1: a layer-norm that does not subtract the mean.",
  formula: "y = γ·x / √(mean(x²) + ε)",
  shapes: "x (N, …, D) → y (N, …, D); γ (D)",
  paper: "Zhang & Sennrich 2019, Root mean square layer normalization",
  options: Type.Object({
    epsilon: normalizationEpsilonOption(1e-6),
    affine: Type.Boolean({ default: true, description: "Whether to multiply by a learned weight γ." }),
  }),

  plan({ epsilon, affine }, inputShape) {
    const shape = [inputShape.at(-1) ?? 1];
    const advice = "Leave it out, or give the last axis more numbers.";
    requireNormalizedCount("rms-norm", countElements(shape), inputShape, advice);
    const { weight } = planAffineParameters(affine, shape);
    const parameters = weight === undefined ? {} : { weight };
    return planRowNormalization({ shape, centered: false, epsilon, parameters }, inputShape);
  },
});
