import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** Shifts by whole pixels, without interpolation. */
export const shift = defineAugmentation({
  type: "shift",
  description: "Moves the image by a random number of whole pixels, horizontally and vertically.",
  formula: "new(x, y) = old(x − dx, y − dy), dx and dy from −pixels to pixels",
  options: Type.Object({
    pixels: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 2,
      description: "Largest shift in pixels, in each direction.",
    }),
  }),

  isIdentity: ({ pixels }) => pixels === 0,
  plan: ({ pixels }) => ({
    transformCoordinates(rng, map) {
      const dx = rng.integer(-pixels, pixels);
      const dy = rng.integer(-pixels, pixels);
      map.append(1, 0, -dx, 0, 1, -dy);
    },
  }),
});
