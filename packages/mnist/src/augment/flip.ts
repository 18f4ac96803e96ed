import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/**
 * Mirrors the image about its center. The transform is its own inverse. Use it for objects that can face
 * either way, such as shoes. A mirrored digit is usually not a digit.
 */
export const flip = defineAugmentation({
  type: "flip",
  description: "Mirrors the image with the given probability.",
  formula: "(x, y) ↦ (−x, y) for horizontal, (x, −y) for vertical",
  options: Type.Object({
    axis: Type.Enum(["horizontal", "vertical"], {
      default: "horizontal",
      description: "Direction: horizontal swaps left and right, vertical swaps top and bottom.",
    }),
    probability: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Probability that an image is mirrored.",
    }),
  }),

  isIdentity: ({ probability }) => probability === 0,
  plan: ({ axis, probability }) => ({
    transformCoordinates(rng, map) {
      if (rng.uniform() >= probability) return;
      if (axis === "horizontal") map.append(-1, 0, 0, 0, 1, 0);
      else map.append(1, 0, 0, 0, -1, 0);
    },
  }),
});
