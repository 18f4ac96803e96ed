import { defineAugmentation } from "@nn/mnist";
import { Type } from "typebox";

/** Darkens each image by a random share. */
export const fade = defineAugmentation({
  type: "fade",
  description: "Makes an image darker.",
  options: Type.Object({
    max: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Largest fraction of black that is blended into the image.",
    }),
  }),
  plan: ({ max }, { height, width, channels, black }) => ({
    transformPixels(rng, images, start) {
      const share = rng.uniformBetween(0, max);
      const end = start + height * width * channels;
      for (let i = start; i < end; i++) images[i] = images[i]! + share * (black - images[i]!);
    },
  }),
});
