import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** The center of the square is a random pixel of the image, so the square may extend beyond the image. */
export const cutout = defineAugmentation({
  type: "cutout",
  description:
    "Sets a square at a random position to black, so that the network cannot rely on one part of the image.",
  formula: "new(x, y) = black for |x − x₀| and |y − y₀| within size / 2, with (x₀, y₀) a random pixel",
  paper: "DeVries & Taylor 2017, Improved regularization of convolutional neural networks with cutout",
  options: Type.Object({
    size: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 8,
      description: "Side of the square in pixels.",
    }),
  }),

  isIdentity: ({ size }) => size === 0,
  // For any pixel at its center, the square begins before the first pixel and ends after the last one.
  notices({ size }, [height = 1, width = 1]) {
    if (size < 2 * Math.max(height, width) - 1) return [];
    return [
      `the augmentation cutout with size ${size} makes every pixel of all images of ${height} × ${width} black; ` +
        "make size smaller",
    ];
  },
  plan: ({ size }, { height, width, channels, black }) => ({
    transformPixels(rng, images, start) {
      const top = rng.integer(0, height - 1) - (size >> 1);
      const left = rng.integer(0, width - 1) - (size >> 1);
      const [firstX, lastX] = [Math.max(0, left), Math.min(width, left + size)];
      const lastY = Math.min(height, top + size);
      for (let y = Math.max(0, top); y < lastY; y++) {
        const row = start + y * width * channels;
        for (let i = firstX * channels; i < lastX * channels; i++) images[row + i] = black;
      }
    },
  }),
});
