import { Type } from "typebox";
import { halving } from "./shared/halving.ts";
import { checkFirstRung, rungsOf, rungOptions } from "./shared/rungs.ts";
import { definePruner } from "../pruner.ts";

/**
 * Successive halving (Jamieson & Talwalkar 2016; Algorithm 1 of Li et al. 2020), each generation a bracket:
 * of the n configurations at a rung the best ⌊n/η⌋ go on, at least one; of equals the earlier. A verdict is
 * given as soon as no later report can change it.
 *
 * A configuration without an objective is stopped at once. It and one that has ended count among the n, as
 * the worst.
 */
export const successiveHalving = definePruner({
  type: "successive-halving",
  description:
    "Lets the best of every η configurations of a generation go on from each rung, when all have come " +
    "there: minEpochs, minEpochs·η, minEpochs·η², …. One without a cost is stopped at once and counts as " +
    "the worst.",
  needsLater: true,
  options: Type.Object(rungOptions),

  check: ({ minEpochs }, { epochs }) => checkFirstRung(minEpochs, epochs),

  create({ eta, minEpochs }, { epochs, generations }) {
    const rungs = rungsOf(minEpochs, eta, epochs);
    return halving(
      generations.map((size) => ({ size, rungs })),
      eta,
    );
  },
});
