import { cos, log, sin, sqrt, type FloatArray } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** Number of radii, and of angles. Backend.addNoise selects each with 12 bits of a random word. */
const STEPS = 4096;

/**
 * z is standard normal for each number. √(−2·log u)·cos φ and √(−2·log u)·sin φ are two such numbers (Box &
 * Muller 1958). u and φ each have one of 4096 values, selected by 24 bits of one word, so the functions are
 * two lookup tables. |z| is at most 4.25.
 */
export const noise = defineAugmentation({
  type: "noise",
  description: "Adds Gaussian noise to every pixel.",
  formula: "v + deviation·(white − black)·z, clipped to black … white, with z standard normal",
  options: Type.Object({
    deviation: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 0.1,
      description: "Standard deviation, as a fraction of the distance from black to white.",
    }),
  }),

  isIdentity: ({ deviation }) => deviation === 0,
  plan({ deviation }, { backend, black, white }) {
    const radii = backend.allocate([STEPS]);
    const directions = backend.allocate([STEPS, 2]);
    fill(radii.data, directions.data, deviation * (white - black));
    return {
      transformBatch(keys, images) {
        backend.addNoise({ x: images, keys, radii, directions, low: black, high: white });
      },
    };
  },
});

/**
 * Fills the tables with deviation·√(−2·log u) and (cos φ, sin φ), for u = (k + ½) / 4096 and φ = 2π·(k + ½) /
 * 4096.
 */
function fill(radii: FloatArray, directions: FloatArray, deviation: number): void {
  const TWO_PI = 6.283185307179586;
  for (let k = 0; k < STEPS; k++) {
    const share = (k + 0.5) / STEPS;
    radii[k] = deviation * sqrt(-2 * log(share));
    directions[2 * k] = cos(TWO_PI * share);
    directions[2 * k + 1] = sin(TWO_PI * share);
  }
}
