import { Type } from "typebox";
import {
  createPercentilePruner,
  checkPercentilePruning,
  percentilePruningOptions,
} from "./shared/median-pruning.ts";
import { definePruner } from "../pruner.ts";

/**
 * Like `median`, but with a percentile that you choose (Optuna's PercentilePruner). The percentile is
 * interpolated linearly between objectives.
 *
 * A configuration without an objective at a rung is stopped, and others are not compared with it.
 */
export const percentile = definePruner({
  type: "percentile",
  description:
    "Stops a configuration that is worse than the given percentile of the earlier ones after the same " +
    "epoch. A configuration without an objective is stopped.",
  formula:
    "stops where the best objective so far > that percentile of the earlier ones' objectives after the same epoch",
  example: "{ type: percentile, percentile: 25 }",
  paper: "Golovin et al. 2017, Google Vizier: a service for black-box optimization",
  options: Type.Object({
    percentile: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 25,
      description:
        "The best percentile % of the configurations continue. 50 is the median; 100 stops only those that are " +
        "worse than all earlier ones.",
    }),
    ...percentilePruningOptions,
  }),
  check(options, context) {
    const { percentile } = options;
    if (percentile === 0 || percentile >= 1) return checkPercentilePruning(options, context);
    const percent = Number((100 * percentile).toPrecision(12));
    return [
      {
        path: ["percentile"],
        message:
          `percentile is in percent, so ${percentile} is less than 1 in 100; for a fraction of ${percentile}, ` +
          `write ${percent}`,
      },
    ];
  },
  create: (options, context) => createPercentilePruner(options.percentile, options, context),
});
