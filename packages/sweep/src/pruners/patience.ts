import { Type } from "typebox";
import { definePruner } from "../pruner.ts";

/**
 * Early stopping (Prechelt 1998), with the rule of `training.earlyStopping`: stops a configuration after
 * `patience` consecutive epochs that do not improve its best objective by more than `minDelta`. It does not
 * compare configurations.
 *
 * An epoch without an objective counts as one without improvement.
 */
export const patience = definePruner({
  type: "patience",
  description:
    "Stops a configuration that has not improved for some epochs. An epoch without an objective counts as " +
    "one without improvement.",
  formula: "stops after patience epochs in a row without objective < best − minDelta",
  example: "{ type: patience, patience: 5 }",
  paper: "Prechelt 1998, Early stopping – but when?",
  options: Type.Object({
    patience: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 10,
      description: "Number of consecutive epochs without improvement after which a configuration is stopped.",
    }),
    minDelta: Type.Number({
      minimum: 0,
      default: 0,
      description: "Minimum change of the metric that counts as an improvement.",
    }),
  }),

  check({ patience, minDelta }, { epochs, metricRange: [min, max] = [-Infinity, Infinity] }) {
    if (minDelta >= max - min) {
      return [
        {
          path: ["minDelta"],
          message:
            `the metric goes from ${min} to ${max}, so no value can be better by more than ${minDelta}; ` +
            "make minDelta smaller",
        },
      ];
    }
    // The first epoch always improves, so a configuration stops after epoch 1 + patience at the earliest.
    if (1 + patience < epochs) return [];
    return [
      {
        path: ["patience"],
        message:
          `patience of ${patience} stops nothing in a training run of ` +
          `${epochs} ${epochs === 1 ? "epoch" : "epochs"}; ` +
          (epochs > 2
            ? "make it smaller than training.epochs − 1"
            : "make training.epochs at least patience + 2"),
      },
    ];
  },

  create({ patience, minDelta }, { epochs }) {
    const rungs = Array.from({ length: epochs - 1 }, (_, index) => index + 1);
    const bests = new Map<number, { readonly epoch: number; readonly objective: number }>();
    return {
      rungs: () => rungs,
      report(configuration, epoch, objective = Infinity) {
        let best = bests.get(configuration) ?? { epoch: 0, objective: Infinity };
        if (objective < best.objective - minDelta) best = { epoch, objective };
        bests.set(configuration, best);
        return [{ configuration, epoch, continues: epoch - best.epoch < patience }];
      },
      end: () => [],
    };
  },
});
