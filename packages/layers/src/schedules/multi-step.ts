import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { wholePower } from "./shared/power.ts";
import { afterWarmup, dropNotices, warmupOption } from "./shared/warmup.ts";

/** factor = gamma^(milestones that are reached). */
export const multiStep = defineSchedule({
  type: "multi-step",
  description: "Multiplies the learning rate by gamma after each of some epochs.",
  options: Type.Object({
    milestones: Type.Array(Type.Integer({ minimum: 1 }), {
      minItems: 1,
      description: "After how many epochs it drops, such as [30, 60, 80]; the order does not matter.",
    }),
    gamma: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.1,
      description: "What the learning rate is multiplied by at each drop.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  notices: (options, context) => dropNotices("multi-step", Math.min(...options.milestones), options, context),
  build: ({ milestones, gamma, warmup }, context) =>
    afterWarmup(warmup, context, ({ stepsPerEpoch }) => ({
      factor: (step) => wholePower(gamma, milestones.filter((epoch) => step >= epoch * stepsPerEpoch).length),
    })),
});
