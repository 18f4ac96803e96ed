import { cos, sin } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";
import { RADIANS_PER_DEGREE } from "./shared/radians.ts";

/** Slants upright lines by the angle a, to the right for a > 0 (y points down). The inverse slants by −a. */
export const shear = defineAugmentation({
  type: "shear",
  description: "Slants the image like italics by a random angle.",
  formula: "(x, y) ↦ (x − tan a·y, y), a within ±degrees",
  options: Type.Object({
    degrees: Type.Number({
      minimum: 0,
      maximum: 80,
      default: 10,
      description: "Largest angle in degrees by which upright lines lean, in either direction.",
    }),
  }),

  isIdentity: ({ degrees }) => degrees === 0,
  plan: ({ degrees }) => ({
    transformCoordinates(rng, map) {
      const angle = rng.uniformBetween(-degrees, degrees) * RADIANS_PER_DEGREE;
      map.append(1, sin(angle) / cos(angle), 0, 0, 1, 0);
    },
  }),
});
