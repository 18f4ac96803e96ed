import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { getConstantFactorNotices, getIdleWarmupNotices } from "./shared/idle-options.ts";
import { buildWithWarmup, getUnreachedDropNotices, warmupOption } from "./shared/warmup.ts";

/** A loss is better if it is below best·(1 − threshold), an accuracy if it is above best·(1 + threshold). */
export const reduceOnPlateau = defineSchedule({
  type: "reduce-on-plateau",
  description: "Multiplies the learning rate by gamma when the validation metric stops improving.",
  formula:
    "factor = gamma^(number of drops), with a drop after more than patience epochs without a better value",
  example: "{ type: reduce-on-plateau, patience: 3 }",
  needsValidation: true,
  options: Type.Object({
    metric: Type.Enum(["loss", "accuracy"], {
      default: "loss",
      description: "The validation metric to watch.",
    }),
    gamma: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.1,
      description: "Factor of the learning rate at each drop.",
    }),
    patience: Type.Integer({
      minimum: 0,
      default: 10,
      description: "Number of epochs without a better value to wait before a drop.",
    }),
    threshold: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 1e-4,
      description:
        "Fraction of the best value by which a new value must be better to count as an improvement.",
    }),
    cooldown: Type.Integer({
      minimum: 0,
      default: 0,
      description: "Number of epochs after a drop that do not count toward patience.",
    }),
    end: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "Smallest factor.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  // The value of the first epoch is always the best so far. `patience` + 1 epochs without a better one
  // follow.
  notices: (options, context) =>
    getUnreachedDropNotices("reduce-on-plateau", options.patience + 2, options, context, "can first drop"),
  idleOptions: (options, context) => [
    ...getConstantFactorNotices("reduce-on-plateau", "end", options.end),
    ...getIdleWarmupNotices(options, context),
  ],
  build: ({ metric, gamma, patience, threshold, cooldown, end, warmup }, context) =>
    buildWithWarmup(warmup, context, () => {
      const now = { factor: 1, best: metric === "loss" ? Infinity : -Infinity, waited: 0, cooling: 0 };
      const isBetter = (value: number): boolean =>
        metric === "loss" ? value < now.best * (1 - threshold) : value > now.best * (1 + threshold);
      return {
        state: [{ tensors: [], numbers: now }],
        factor: () => now.factor,
        onEpoch(validation) {
          const value = validation[metric];
          if (isBetter(value)) {
            now.best = value;
            now.waited = 0;
          } else now.waited++;
          if (now.cooling > 0) {
            now.cooling--;
            now.waited = 0;
          }
          if (now.waited > patience) {
            now.factor = Math.max(end, now.factor * gamma);
            now.cooling = cooldown;
            now.waited = 0;
          }
        },
      };
    }),
});
