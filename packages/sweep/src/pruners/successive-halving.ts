import { Type } from "typebox";
import { createHalvingPruner } from "./shared/halving.ts";
import { checkFirstRung, computeRungs, rungOptions } from "./shared/rungs.ts";
import { definePruner } from "../pruner.ts";

/**
 * Successive halving (Jamieson & Talwalkar 2016; Algorithm 1 of Li et al. 2020), with one bracket per
 * generation. Of the n configurations at a rung, the best ⌊n/η⌋ continue, and at least one. Among equal
 * configurations, the earlier one is better. A decision is returned as soon as no later report can change it.
 *
 * A configuration without an objective is stopped at once. It counts among the n as the worst, and so does a
 * configuration that has ended.
 */
export const successiveHalving = definePruner({
  type: "successive-halving",
  description:
    "Lets the best 1/η of the configurations of a generation continue from each rung, once all have " +
    "arrived there. A configuration without an objective is stopped at once and counts as the worst.",
  formula:
    "of n at a rung the best ⌊n / η⌋ continue, at least one; rungs at minEpochs·ηᵏ epochs, k = 0, 1, …",
  example: "{ type: successive-halving, eta: 3 }",
  paper: "Jamieson & Talwalkar 2016, Non-stochastic best arm identification and hyperparameter optimization",
  dependsOnLaterConfigurations: true,
  options: Type.Object(rungOptions),

  check: ({ minEpochs }, { epochs }) => checkFirstRung(minEpochs, epochs),

  create({ eta, minEpochs }, { epochs, generations }) {
    const rungs = computeRungs(minEpochs, eta, epochs);
    return createHalvingPruner(
      generations.map((size) => ({ size, rungs })),
      eta,
    );
  },
});
