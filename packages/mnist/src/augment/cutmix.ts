import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";
import { sampleBeta } from "./shared/beta.ts";

/**
 * Algorithm 1 of the paper. λ and the rectangle are the same for the whole batch. The last image gets its
 * rectangle from the first. The rectangle is clipped to the image. The weight of an image's own label is the
 * fraction of pixels that it keeps.
 */
export const cutmix = defineAugmentation({
  type: "cutmix",
  description:
    "Pastes a rectangle of the next image into each image. Labels are mixed in proportion to the areas.",
  formula: "sides W·√(1 − λ) and H·√(1 − λ) around a random pixel, λ from Beta(alpha, alpha)",
  paper:
    "Yun et al. 2019, CutMix: regularization strategy to train strong classifiers with localizable features",
  mixes: true,
  options: Type.Object({
    alpha: Type.Number({
      minimum: 0.05,
      maximum: 2,
      default: 1,
      description:
        "Parameter of the beta distribution. Near 0, one image has almost the whole area. At 1, λ is uniform.",
    }),
  }),

  plan({ alpha }, { height, width, channels }) {
    const size = height * width * channels;
    const first = new Float64Array(size);
    return {
      mix(rng, images) {
        const side = sqrt(1 - sampleBeta(rng, alpha));
        const [tall, wide] = [Math.floor(height * side), Math.floor(width * side)];
        const top = rng.integer(0, height - 1) - (tall >> 1);
        const left = rng.integer(0, width - 1) - (wide >> 1);
        const [firstX, lastX] = [Math.max(0, left), Math.min(width, left + wide)];
        const [firstY, lastY] = [Math.max(0, top), Math.min(height, top + tall)];

        for (let i = 0; i < size; i++) first[i] = images[i]!;
        const last = images.length - size;
        for (let start = 0; start <= last; start += size) {
          for (let y = firstY; y < lastY; y++) {
            const end = (y * width + lastX) * channels;
            for (let i = (y * width + firstX) * channels; i < end; i++) {
              images[start + i] = start === last ? first[i]! : images[start + size + i]!;
            }
          }
        }
        return 1 - ((lastX - firstX) * (lastY - firstY)) / (height * width);
      },
    };
  },
});
