import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** Constants of the paper: the smallest area, and the maximum number of draws until a rectangle fits. */
const SMALLEST_AREA = 0.02;
const MAX_DRAWS = 100;

/**
 * Algorithm 1 of the paper. Each pixel of the rectangle is a random grey. The rectangle is redrawn until it
 * fits in the image, at most MAX_DRAWS times.
 */
export const randomErasing = defineAugmentation({
  type: "random-erasing",
  description: "Covers a random rectangle with random grey values, with the given probability.",
  formula: "sides √(a·H·W·r) and √(a·H·W / r), a from 0.02 to area, r from aspect to 1 / aspect",
  paper: "Zhong, Zheng, Kang, Li & Yang 2020, Random erasing data augmentation",
  options: Type.Object({
    probability: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Probability that an image is changed.",
    }),
    area: Type.Number({
      minimum: SMALLEST_AREA,
      maximum: 1,
      default: 0.4,
      description: "Largest fraction of the image that is covered. The smallest is 0.02.",
    }),
    aspect: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.3,
      description: "Range of the aspect ratio: from aspect to 1 / aspect.",
    }),
  }),

  isIdentity: ({ probability }) => probability === 0,
  plan: ({ probability, area, aspect }, { height, width, channels, black, white }) => ({
    transformPixels(rng, images, start) {
      if (rng.uniform() >= probability) return;
      for (let draw = 0; draw < MAX_DRAWS; draw++) {
        const size = rng.uniformBetween(SMALLEST_AREA, area) * height * width;
        const ratio = rng.uniformBetween(aspect, 1 / aspect);
        const tall = Math.round(sqrt(size * ratio));
        const wide = Math.round(sqrt(size / ratio));
        if (tall > height || wide > width) continue;

        const top = rng.integer(0, height - tall);
        const left = rng.integer(0, width - wide);
        for (let y = top; y < top + tall; y++) {
          const row = start + (y * width + left) * channels;
          for (let i = 0; i < wide * channels; i++) images[row + i] = rng.uniformBetween(black, white);
        }
        return;
      }
    },
  }),
});
