import { Type } from "typebox";
import { againstEarlier, checkComparison, comparisonOptions } from "../against-earlier.ts";
import { definePruner } from "../pruner.ts";

/**
 * As `median`, with another percentile; Optuna's PercentilePruner. Between two costs the percentile is linear.
 *
 * A configuration without a cost after an epoch that is judged is stopped at once, and is none that others are compared with.
 */
export const percentile = definePruner({
  type: "percentile",
  description:
    "Stops a configuration that is not among the best so many percent of those before it after the same epoch. One without a cost is stopped.",
  options: Type.Object({
    percentile: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 25,
      description:
        "The best so many percent go on; 50 is the median, and 100 stops only what is worse than all before it.",
    }),
    ...comparisonOptions,
  }),
  check: checkComparison,
  create: (options, course) => againstEarlier(options.percentile, options, course),
});
