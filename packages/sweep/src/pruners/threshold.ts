import { Type } from "typebox";
import type { Problem } from "../problem.ts";
import { definePruner, type PruningContext } from "../pruner.ts";

/**
 * Stops a configuration whose metric is outside bounds, such as an exploding loss or an accuracy that stays
 * at chance level. It is like Optuna's ThresholdPruner and does not compare configurations.
 *
 * A configuration without an objective is stopped at once, even before `from`.
 */
export const threshold = definePruner({
  type: "threshold",
  description:
    "Stops a configuration whose metric is above or below a bound. A configuration without an objective " +
    "is stopped at once.",
  formula: "stops where metric > above or metric < below",
  example: "{ type: threshold, below: 0.2, from: 2 }",
  options: Type.Object({
    above: Type.Optional(
      Type.Number({
        description: "Stops configurations whose metric is greater. An accuracy is a fraction: 0.1 is 10 %.",
      }),
    ),
    below: Type.Optional(
      Type.Number({
        description: "Stops configurations whose metric is smaller. An accuracy is a fraction: 0.1 is 10 %.",
      }),
    ),
    from: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1,
      description: "First epoch after which the bounds are checked.",
    }),
  }),

  check({ above, below, from }, { epochs, metricRange }) {
    if (above === undefined && below === undefined) {
      return [{ path: [], message: "no bound is set; set above, below or both" }];
    }
    const beyond = [...checkBound("above", above, metricRange), ...checkBound("below", below, metricRange)];
    if (beyond.length > 0) return beyond;
    if (above !== undefined && below !== undefined && above < below) {
      return [
        {
          path: ["above"],
          message: `every metric is above ${above} or below ${below}; make above greater than below`,
        },
      ];
    }
    if (from < epochs) return [];
    return [
      {
        path: ["from"],
        message: `nothing can be stopped after epoch ${from} of ${epochs}; make from smaller than training.epochs`,
      },
    ];
  },

  create({ above = Infinity, below = -Infinity, from }, { epochs, goal }) {
    const rungs = Array.from({ length: epochs - 1 }, (_, index) => index + 1);
    return {
      rungs: () => rungs,
      report(configuration, epoch, objective) {
        if (objective === undefined) return [{ configuration, epoch, continues: false }];
        const metric = goal === "maximize" ? -objective : objective;
        return [{ configuration, epoch, continues: epoch < from || (metric >= below && metric <= above) }];
      },
      end: () => [],
    };
  },
});

/** Returns a problem if this bound stops nothing or everything. */
function checkBound(
  option: "above" | "below",
  bound: number | undefined,
  metricRange: PruningContext["metricRange"],
): Problem[] {
  if (bound === undefined || metricRange === undefined) return [];
  const [min, max] = metricRange;
  const [stopsNone, stopsAll] =
    option === "above" ? [bound >= max, bound < min] : [bound <= min, bound > max];
  if (!stopsNone && !stopsAll) return [];
  const advice =
    max === 1 && bound > 1 && bound <= 100
      ? `for ${bound} %, write ${Number((bound / 100).toPrecision(12))}`
      : `make it a number between the two`;
  return [
    {
      path: [option],
      message:
        `the metric goes from ${min} to ${max}, so this bound stops ` +
        `${stopsNone ? "nothing" : "everything"}; ${advice}`,
    },
  ];
}
