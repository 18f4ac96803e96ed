import type { Rng } from "@nn/tensor";
import { Type } from "typebox";
import { directionsOf, mostDimensions } from "./sobol/joe-kuo.ts";
import { defineSampler } from "../sampler.ts";
import { dimensionOf } from "../space/dimension.ts";

/**
 * Sobol's sequence (1967): each 2ᵏ points in a row, from a multiple of 2ᵏ, lie one in each interval of width
 * 2⁻ᵏ of each parameter, and few parameters taken together are covered as evenly. Point i is the sum without
 * carry of the directions that the Gray code i ⊕ ⌊i/2⌋ names (Antonov & Saleev 1979), the order that SciPy
 * has.
 *
 * Scrambled by a random lower triangular matrix and a digital shift for each parameter (Matoušek 1998): as
 * even as before, but no point is a corner, and seeds differ.
 */
export const sobol = defineSampler({
  type: "sobol",
  description:
    "Points that leave no gaps: a Sobol sequence over all parameters together. The first trials of many " +
    "are those of few.",
  options: Type.Object({
    trials: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: "How many combinations; most evenly spread when a power of two.",
    }),
    scramble: Type.Boolean({
      default: true,
      description:
        "Whether the experiment's seed chooses among sequences, by a linear matrix scramble and a " +
        "digital shift. Without, the first trial has the smallest value of everything.",
    }),
  }),
  longer: (options, times) => ({ ...options, trials: options.trials * times }),

  check(domains) {
    const dimensions = Object.keys(domains).length;
    if (dimensions <= mostDimensions) return [];
    const message =
      `sobol has directions for ${mostDimensions} parameters, and ${dimensions} are swept; ` +
      `sweep fewer, or use sampler latin-hypercube`;
    return [{ path: ["parameters"], message }];
  },

  propose(domains, { trials, scramble }, rng) {
    const parameters = Object.entries(domains).map(([path, domain], dimension) => {
      const directions = directionsOf(dimension);
      const stream = rng.fork(path);
      const matrix = scramble ? lowerTriangular(stream.fork("matrix")) : undefined;
      return {
        path,
        side: dimensionOf(domain),
        directions: matrix === undefined ? directions : directions.map((each) => sum(matrix, each)),
        shift: scramble ? stream.fork("shift").uint32() : 0,
      };
    });
    return Array.from({ length: trials }, (_, index) =>
      Object.fromEntries(
        parameters.map(({ path, side, directions, shift }) => {
          const digits = (sum(directions, reversed(index ^ (index >>> 1))) ^ shift) >>> 0;
          return [path, side.value(digits / 2 ** 32)];
        }),
      ),
    );
  },
});

/** The sum without carry of those of 32 numbers that the bits of `which` name, the highest bit the first. */
function sum(numbers: Uint32Array, which: number): number {
  let total = 0;
  for (let index = 0; index < 32; index++) {
    if (((which >>> (31 - index)) & 1) === 1) total ^= numbers[index]!;
  }
  return total >>> 0;
}

/** The 32 bits in the opposite order. */
function reversed(bits: number): number {
  let result = 0;
  for (let index = 0; index < 32; index++) result |= ((bits >>> index) & 1) << (31 - index);
  return result;
}

/**
 * The columns of a matrix of bits: 1 on the diagonal, chance below, so that each digit depends on those
 * before it alone.
 */
function lowerTriangular(rng: Rng): Uint32Array {
  return Uint32Array.from({ length: 32 }, (_, column) => {
    const diagonal = 2 ** (31 - column);
    return diagonal + (rng.uint32() % diagonal);
  });
}
