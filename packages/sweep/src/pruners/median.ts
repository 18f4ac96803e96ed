import { Type } from "typebox";
import {
  createPercentilePruner,
  checkPercentilePruning,
  percentilePruningOptions,
} from "./shared/median-pruning.ts";
import { definePruner } from "../pruner.ts";

/**
 * The median rule (Golovin et al. 2017, section 3.2.2), in the form and with the defaults of Optuna's
 * MedianPruner: stops a configuration whose best objective so far is greater than the median of the
 * objectives that earlier configurations had after the same epoch.
 *
 * A configuration without an objective at a rung is stopped, and others are not compared with it.
 */
export const median = definePruner({
  type: "median",
  description:
    "Stops a configuration that is worse than the median of the earlier ones after the same epoch. A " +
    "configuration without an objective is stopped.",
  formula:
    "stops where the best objective so far > median of the earlier ones' objectives after the same epoch",
  example: "{ type: median, startup: 5 }",
  paper: "Golovin et al. 2017, Google Vizier: a service for black-box optimization",
  options: Type.Object(percentilePruningOptions),
  check: checkPercentilePruning,
  create: (options, context) => createPercentilePruner(50, options, context),
});
