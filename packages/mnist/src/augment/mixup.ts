import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";
import { sampleBeta } from "./shared/beta.ts";

/** The last image is mixed with the first. λ is the same for the whole batch. */
export const mixup = defineAugmentation({
  type: "mixup",
  description: "Blends each image with the next one of the batch. Labels are mixed in the same proportion.",
  formula: "x'ₙ = λ·xₙ + (1 − λ)·xₙ₊₁, λ from Beta(alpha, alpha)",
  paper: "Zhang, Cissé, Dauphin & Lopez-Paz 2018, mixup: beyond empirical risk minimization",
  mixes: true,
  options: Type.Object({
    alpha: Type.Number({
      minimum: 0.05,
      maximum: 2,
      default: 0.2,
      description:
        "Parameter of the beta distribution. Near 0, one image has almost all the weight. At 1, λ is uniform.",
    }),
  }),

  plan({ alpha }, { height, width, channels }) {
    const size = height * width * channels;
    const first = new Float64Array(size);
    return {
      mix(rng, images) {
        const share = sampleBeta(rng, alpha);
        for (let i = 0; i < size; i++) first[i] = images[i]!;
        // In index order, so that the next image is unchanged when it is mixed into this one.
        const last = images.length - size;
        for (let i = 0; i < last; i++) images[i] = share * images[i]! + (1 - share) * images[i + size]!;
        for (let i = 0; i < size; i++) images[last + i] = share * images[last + i]! + (1 - share) * first[i]!;
        return share;
      },
    };
  },
});
