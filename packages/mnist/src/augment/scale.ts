import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** Scales about the center of the image. The inverse divides by f. */
export const scale = defineAugmentation({
  type: "scale",
  description: "Scales the image about its center by a random factor.",
  formula: "(x, y) ↦ (f·x, f·y), f from 1 − range to 1 + range",
  options: Type.Object({
    range: Type.Number({
      minimum: 0,
      maximum: 0.9,
      default: 0.1,
      description: "Largest change: 0.1 scales to 90 to 110 percent.",
    }),
  }),

  isIdentity: ({ range }) => range === 0,
  plan: ({ range }) => ({
    transformCoordinates(rng, map) {
      const factor = rng.uniformBetween(1 - range, 1 + range);
      map.append(1 / factor, 0, 0, 0, 1 / factor, 0);
    },
  }),
});
