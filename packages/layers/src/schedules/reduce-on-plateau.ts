import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { afterWarmup, warmupNotices, warmupOption } from "./shared/warmup.ts";

/**
 * The factor begins at 1 and is multiplied by `gamma` when the validation metric has not become better for
 * more than `patience` epochs. Better: a loss below best·(1 − threshold), an accuracy above best·(1 +
 * threshold).
 */
export const reduceOnPlateau = defineSchedule({
  type: "reduce-on-plateau",
  description: "Multiplies the learning rate by gamma when validation has stopped becoming better.",
  needsValidation: true,
  options: Type.Object({
    metric: Type.Enum(["loss", "accuracy"], {
      default: "loss",
      description: "What is watched on the held-out images.",
    }),
    gamma: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.1,
      description: "What the learning rate is multiplied by.",
    }),
    patience: Type.Integer({
      minimum: 0,
      default: 10,
      description: "Epochs without a better value that are waited for.",
    }),
    threshold: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 1e-4,
      description: "By how much of the best value a new one must be better.",
    }),
    cooldown: Type.Integer({
      minimum: 0,
      default: 0,
      description: "Epochs after a drop in which none is counted.",
    }),
    end: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "The factor that it does not fall below.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  notices: warmupNotices,
  build: ({ metric, gamma, patience, threshold, cooldown, end, warmup }, context) =>
    afterWarmup(warmup, context, () => {
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
