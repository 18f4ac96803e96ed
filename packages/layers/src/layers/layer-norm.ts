import { formatShape, ShapeError, sizeOf } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { affineOption, affineParameters, epsilonOption } from "./shared/normalization.ts";
import { planRowNormalization } from "./shared/row-normalization.ts";
import { refuseSingleNumber } from "./shared/single-number.ts";

/**
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and σ² over the last `axes` axes of each example; γ and β have their
 * shape. For dx see row-normalization.ts. Ba, Kiros & Hinton 2016.
 */
export const layerNorm = defineLayer({
  type: "layer-norm",
  description: "Gives the numbers of each example, or each place of it, mean 0 and variance 1.",
  options: Type.Object({
    axes: Type.Integer({
      minimum: 1,
      default: 1,
      description: "How many of the last axes are normalized together; 1: channels or features alone.",
    }),
    epsilon: epsilonOption(1e-5),
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
      sizeOf(inputShape) > 1
        ? `Set "axes" to a larger number, so that more axes are normalized together.`
        : "Leave it out, or give the layer before it more units.";
    refuseSingleNumber("layer-norm", sizeOf(shape), inputShape, more);
    const parameters = affineParameters(affine, shape);
    return planRowNormalization({ shape, centered: true, epsilon, parameters }, inputShape);
  },
});
