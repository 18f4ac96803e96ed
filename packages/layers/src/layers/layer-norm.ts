import { formatShape, ShapeError, countElements } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { affineOption, planAffineParameters, normalizationEpsilonOption } from "./shared/normalization.ts";
import { planRowNormalization } from "./shared/row-normalization.ts";
import { requireNormalizedCount } from "./shared/normalized-count.ts";

/**
 * μ and σ² are the mean and variance over the last `axes` axes of each example. γ and β have the shape of
 * these axes. row-normalization.ts explains dx.
 */
export const layerNorm = defineLayer({
  type: "layer-norm",
  description: "Normalizes the numbers of each example, or of each position in it, to mean 0 and variance 1.",
  formula: "y = γ·(x − μ) / √(σ² + ε) + β, with μ and σ² over the last axes of each example",
  shapes: "x (N, …, D) → y (N, …, D); γ, β (D)",
  paper: "Ba, Kiros & Hinton 2016, Layer normalization",
  options: Type.Object({
    axes: Type.Integer({
      minimum: 1,
      default: 1,
      description:
        "Number of last axes that are normalized together. 1 normalizes only the channels or features.",
    }),
    epsilon: normalizationEpsilonOption(1e-5),
    affine: affineOption,
  }),

  plan({ axes, epsilon, affine }, inputShape) {
    if (axes > inputShape.length) {
      throw new ShapeError(
        `layer-norm: input must have ${axes} axes or more, got ${formatShape(inputShape)}. Set "axes" to ` +
          `${inputShape.length} or less.`,
      );
    }
    const shape = inputShape.slice(-axes);
    const more =
      countElements(inputShape) > 1
        ? `Set "axes" to a larger number, so that more axes are normalized together.`
        : "Leave it out, or give the layer before it more units.";
    requireNormalizedCount("layer-norm", countElements(shape), inputShape, more);
    const parameters = planAffineParameters(affine, shape);
    return planRowNormalization({ shape, centered: true, epsilon, parameters }, inputShape);
  },
});
