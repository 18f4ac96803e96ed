import { Type } from "typebox";
import { drawValue } from "./shared/draw.ts";
import { defineSampler } from "../sampler.ts";
import { enumerateDomain } from "../space/enumerate-domain.ts";

/**
 * Random search (Bergstra & Bengio 2012): if few parameters matter, it tries more values of each of them than
 * a grid of the same size. Each parameter has its own random stream per trial. Its values do not depend on
 * the other parameters or on the number of trials.
 */
export const random = defineSampler({
  type: "random",
  description:
    "Random search: draws each parameter at random from its list or range, for the given number of trials.",
  example: "{ type: random, trials: 20 }",
  paper: "Bergstra & Bengio 2012, Random search for hyper-parameter optimization",
  options: Type.Object({
    trials: Type.Integer({ minimum: 1, maximum: 100_000, description: "Number of trials." }),
  }),

  check: () => [],

  propose(domains, { trials }, rng) {
    // List the values once, not at every draw.
    const parameters = Object.entries(domains).map(
      ([path, domain]) => [path, enumerateDomain(domain) ?? domain] as const,
    );
    return Array.from({ length: trials }, (_, index) =>
      Object.fromEntries(
        parameters.map(([path, domain]) => [path, drawValue(domain, rng.fork(path).fork(index))]),
      ),
    );
  },
});
