import { Type } from "typebox";
import { compareWithEarlier, checkComparison, comparisonOptions } from "./shared/median-pruning.ts";
import { definePruner } from "../pruner.ts";

/**
 * The median rule (Golovin et al. 2017, section 3.2.2), in the form and with the defaults of Optuna's
 * MedianPruner: stops a configuration whose best objective so far is greater than the median of the
 * objectives that the configurations before it had after the same epoch.
 *
 * A configuration without an objective after an epoch that is judged is stopped at once, and is none that
 * others are compared with.
 */
export const median = definePruner({
  type: "median",
  description:
    "Stops a configuration that is worse than the median of those before it after the same epoch. One " +
    "without a cost is stopped.",
  options: Type.Object(comparisonOptions),
  check: checkComparison,
  create: (options, course) => compareWithEarlier(50, options, course),
});
