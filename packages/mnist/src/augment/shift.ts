import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** new(x, y) = old(x − dx, y − dy), with dx and dy each one of −pixels, … pixels. */
export const shift = defineAugmentation({
  type: "shift",
  description: "Moves the image by whole pixels, across and up or down.",
  options: Type.Object({
    pixels: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 2,
      description: "How far at most, in each of the four directions.",
    }),
  }),

  plan: ({ pixels }) => ({
    move(draws, map) {
      const dx = draws.integer(-pixels, pixels);
      const dy = draws.integer(-pixels, pixels);
      map.follow(1, 0, -dx, 0, 1, -dy);
    },
  }),
});
