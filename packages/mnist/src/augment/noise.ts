import { cos, log, sin, sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { defineAugmentation } from "../augmentation.ts";

/** 2 to the bits of a word that choose a radius, and as many an angle. */
const STEPS = 4096;

/**
 * v + deviation·(white − black)·z, no darker than black and no brighter than white, with z standard normal for each number.
 * Two normals are √(−2·log u)·cos φ and √(−2·log u)·sin φ (Box & Muller 1958); u and φ take one of 4096 values each, from
 * 24 bits of one word, so that the functions are two tables. That ends the normals at ±4.24.
 */
export const noise = defineAugmentation({
  type: "noise",
  description: "Adds Gaussian noise to every pixel.",
  options: Type.Object({
    deviation: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 0.1,
      description: "The standard deviation, as a share of the way from black to white.",
    }),
  }),

  plan({ deviation }, { height, width, channels, black, white }) {
    const size = height * width * channels;
    const [cosines, sines, radii] = tables(deviation * (white - black));

    return {
      repaint(draws, images, start) {
        for (let i = 0; i < size; i += 2) {
          const word = draws.word();
          const radius = radii[word >>> 20]!; // the upper 12 bits
          const angle = (word >>> 8) % STEPS; // the next 12
          const at = start + i;
          images[at] = clipped(images[at]! + radius * cosines[angle]!);
          if (i + 1 < size) images[at + 1] = clipped(images[at + 1]! + radius * sines[angle]!);
        }
      },
    };

    function clipped(value: number): number {
      return value < black ? black : value > white ? white : value;
    }
  },
});

/** cos φ, sin φ and deviation·√(−2·log u), for φ = 2π·(k + ½) / 4096 and u = (k + ½) / 4096. */
function tables(deviation: number): [Float64Array, Float64Array, Float64Array] {
  const table = (f: (share: number) => number): Float64Array =>
    Float64Array.from({ length: STEPS }, (_, k) => f((k + 0.5) / STEPS));
  const TWO_PI = 6.283185307179586;
  return [
    table((share) => cos(TWO_PI * share)),
    table((share) => sin(TWO_PI * share)),
    table((share) => deviation * sqrt(-2 * log(share))),
  ];
}
