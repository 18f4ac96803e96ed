import { Type } from "typebox";
import { defineSampler } from "../sampler.ts";
import { toDimension } from "../space/dimension.ts";

/**
 * Latin hypercube sampling (McKay, Beckman & Conover 1979): divides each parameter into n equal parts for n
 * trials, and uses each part once, at a random position in it. Each parameter has its own random streams. Its
 * values depend on the number of trials, but not on the other parameters.
 */
export const latinHypercube = defineSampler({
  type: "latin-hypercube",
  description:
    "Divides each parameter into as many equal parts as there are trials and tries each part once, in random order.",
  example: "{ type: latin-hypercube, trials: 20 }",
  paper:
    "McKay, Beckman & Conover 1979, A comparison of three methods for selecting values of input variables " +
    "in the analysis of output from a computer code",
  options: Type.Object({
    trials: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: "Number of trials, which is the number of parts of each parameter.",
    }),
  }),

  check: () => [],

  propose(domains, { trials }, rng) {
    const parameters = Object.entries(domains).map(([path, domain]) => {
      const stream = rng.fork(path);
      const strata = Int32Array.from({ length: trials }, (_, index) => index);
      stream.fork("order").shuffle(strata);
      return { path, dimension: toDimension(domain), strata, places: stream.fork("places") };
    });
    return Array.from({ length: trials }, (_, index) =>
      Object.fromEntries(
        parameters.map(({ path, dimension, strata, places }) => {
          // 32 random bits: with more, the sum could be rounded up into the next part.
          const place = places.uint32() / 2 ** 32;
          return [path, dimension.value((strata[index]! + place) / trials)];
        }),
      ),
    );
  },
});
