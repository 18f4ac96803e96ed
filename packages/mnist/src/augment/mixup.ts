import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";
import { drawBeta } from "./shared/beta.ts";

/**
 * x'ₙ = λ·xₙ + (1 − λ)·xₙ₊₁, the last image with the first, and labels likewise; λ of Beta(alpha, alpha), one
 * for the batch. Zhang, Cissé, Dauphin & Lopez-Paz 2018, "mixup: beyond empirical risk minimization".
 */
export const mixup = defineAugmentation({
  type: "mixup",
  description: "Lays the next image of the batch over each one, and asks for both labels by their shares.",
  mixes: true,
  options: Type.Object({
    alpha: Type.Number({
      minimum: 0.05,
      maximum: 2,
      default: 0.2,
      description: "How evenly they are mixed: near 0 hardly, 1 any share as likely as another.",
    }),
  }),

  plan({ alpha }, { height, width, channels }) {
    const size = height * width * channels;
    const first = new Float64Array(size);
    return {
      mix(draws, images) {
        const share = drawBeta(draws, alpha);
        for (let i = 0; i < size; i++) first[i] = images[i]!;
        // In ascending order: the next image is as it was when it is laid over this one.
        const last = images.length - size;
        for (let i = 0; i < last; i++) images[i] = share * images[i]! + (1 - share) * images[i + size]!;
        for (let i = 0; i < size; i++) images[last + i] = share * images[last + i]! + (1 - share) * first[i]!;
        return share;
      },
    };
  },
});
