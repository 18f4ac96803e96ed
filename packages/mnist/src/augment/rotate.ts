import { cos, sin } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";
import { RADIANS_PER_DEGREE } from "./shared/radians.ts";

/**
 * Rotates by the angle a about the center of the image. Positive angles rotate clockwise, because y points
 * down. The inverse rotates by −a.
 */
export const rotate = defineAugmentation({
  type: "rotate",
  description: "Rotates the image about its center by a random angle.",
  formula: "(x, y) ↦ (cos a·x − sin a·y, sin a·x + cos a·y), a within ±degrees",
  options: Type.Object({
    degrees: Type.Number({
      minimum: 0,
      maximum: 180,
      default: 10,
      description: "Largest angle in degrees, in either direction.",
    }),
  }),

  isIdentity: ({ degrees }) => degrees === 0,
  plan: ({ degrees }) => ({
    transformCoordinates(rng, map) {
      const angle = rng.uniformBetween(-degrees, degrees) * RADIANS_PER_DEGREE;
      const [c, s] = [cos(angle), sin(angle)];
      map.append(c, s, 0, -s, c, 0);
    },
  }),
});
