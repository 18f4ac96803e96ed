import type { Rng } from "@nn/tensor";
import { Type } from "typebox";
import { computeSobolDirections, maxDimensions } from "./sobol/joe-kuo.ts";
import { defineSampler } from "../sampler.ts";
import { toDimension } from "../space/dimension.ts";

/**
 * Sobol's sequence (1967): of any 2ᵏ consecutive points that start at a multiple of 2ᵏ, one is in each
 * interval of width 2⁻ᵏ of each parameter. Small groups of parameters are covered evenly too. Point i is the
 * XOR of the directions that the Gray code i ⊕ ⌊i/2⌋ selects (Antonov & Saleev 1979), in SciPy's order.
 *
 * By default, it is scrambled by a random lower triangular matrix and a digital shift per parameter (Matoušek
 * 1998). The points are still evenly spread, but the first point is no longer a corner, and different seeds
 * give different points.
 */
export const sobol = defineSampler({
  type: "sobol",
  description:
    "Quasi-random search: the points of a Sobol sequence cover the search space evenly. If you increase " +
    "`trials`, the sequence continues.",
  example: "{ type: sobol, trials: 32 }",
  paper:
    "Sobol 1967, On the distribution of points in a cube and the approximate evaluation of integrals; " +
    "scrambling: Matoušek 1998, On the L₂-discrepancy for anchored boxes",
  options: Type.Object({
    trials: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: "Number of trials. A power of two covers the space most evenly.",
    }),
    scramble: Type.Boolean({
      default: true,
      description:
        "Whether the seed of the experiment scrambles the sequence, by a linear matrix scramble and a " +
        "digital shift. Without it, the first trial takes the smallest value of every parameter.",
    }),
  }),
  lengthen: (options, times) => ({ ...options, trials: options.trials * times }),

  check(domains) {
    const dimensions = Object.keys(domains).length;
    if (dimensions <= maxDimensions) return [];
    const message =
      `sobol supports at most ${maxDimensions} parameters, and ${dimensions} are swept; ` +
      `sweep fewer, or use sampler latin-hypercube`;
    return [{ path: ["parameters"], message }];
  },

  propose(domains, { trials, scramble }, rng) {
    const parameters = Object.entries(domains).map(([path, domain], dimension) => {
      const directions = computeSobolDirections(dimension);
      const stream = rng.fork(path);
      const matrix = scramble ? lowerTriangular(stream.fork("matrix")) : undefined;
      return {
        path,
        dimension: toDimension(domain),
        directions: matrix === undefined ? directions : directions.map((each) => sum(matrix, each)),
        shift: scramble ? stream.fork("shift").uint32() : 0,
      };
    });
    return Array.from({ length: trials }, (_, index) =>
      Object.fromEntries(
        parameters.map(({ path, dimension, directions, shift }) => {
          const digits = (sum(directions, reversed(index ^ (index >>> 1))) ^ shift) >>> 0;
          return [path, dimension.value(digits / 2 ** 32)];
        }),
      ),
    );
  },
});

/**
 * Returns the XOR of the numbers that the bits of `which` select. The highest of its 32 bits selects the
 * first number.
 */
function sum(numbers: Uint32Array, which: number): number {
  let total = 0;
  for (let index = 0; index < 32; index++) {
    if (((which >>> (31 - index)) & 1) === 1) total ^= numbers[index]!;
  }
  return total >>> 0;
}

/** Returns the 32 bits in reverse order. */
function reversed(bits: number): number {
  let result = 0;
  for (let index = 0; index < 32; index++) result |= ((bits >>> index) & 1) << (31 - index);
  return result;
}

/**
 * Returns the columns of a lower triangular matrix of bits, with ones on the diagonal and random bits below
 * it. Each digit of a product therefore depends only on itself and the digits before it.
 */
function lowerTriangular(rng: Rng): Uint32Array {
  return Uint32Array.from({ length: 32 }, (_, column) => {
    const diagonal = 2 ** (31 - column);
    return diagonal + (rng.uint32() % diagonal);
  });
}
