import { formatShape, ShapeError, sizeOf } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { affineOption, epsilonOption, planGroupedNormalization } from "../normalization.ts";

/**
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and σ² over all positions and C / groups neighbouring channels of one example.
 * x, y (N, H, W, C) or any (N, …, C), γ and β (C). For dx see normalization.ts. Wu & He 2018.
 */
export const groupNorm = defineLayer({
  type: "group-norm",
  description:
    "Gives each group of channels of each image mean 0 and variance 1, whatever the size of the batch.",
  options: Type.Object({
    groups: Type.Integer({
      minimum: 1,
      description: "Into how many groups channels are divided; as many as channels: instance norm.",
    }),
    epsilon: epsilonOption(1e-5),
    affine: affineOption,
  }),

  plan({ groups, epsilon, affine }, inputShape) {
    const channels = inputShape.at(-1) ?? 0;
    if (channels === 0 || channels % groups !== 0) {
      throw new ShapeError(
        `group-norm: the last axis must be a multiple of ${groups} channels, got ${formatShape(inputShape)}. ` +
          `Set "groups" to a number that divides ${channels}.`,
      );
    }
    const positions = sizeOf(inputShape) / channels;
    return planGroupedNormalization(
      { positions, channels, groups, epsilon, affine, parameterShape: [channels] },
      inputShape,
    );
  },
});
