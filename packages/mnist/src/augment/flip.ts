import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/**
 * (x, y) ↦ (−x, y), or (x, −y), about the middle of the image: a mirror image, which is its own inverse. For
 * things that are as often seen either way, such as shoes; a mirrored digit is no digit.
 */
export const flip = defineAugmentation({
  type: "flip",
  description: "Mirrors the image, or leaves it as it is.",
  options: Type.Object({
    axis: Type.Enum(["horizontal", "vertical"], {
      default: "horizontal",
      description: "horizontal: left and right change places; vertical: above and below.",
    }),
    probability: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "How often an image is mirrored.",
    }),
  }),

  plan: ({ axis, probability }) => ({
    move(draws, map) {
      if (draws.uniform() >= probability) return;
      if (axis === "horizontal") map.follow(-1, 0, 0, 0, 1, 0);
      else map.follow(1, 0, 0, 0, -1, 0);
    },
  }),
});
