import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { power, wholePower } from "./shared/power.ts";
import { afterWarmup, warmupNotices, warmupOption } from "./shared/warmup.ts";

/** factor = gamma^epoch, the epoch as a whole number or with its fraction. */
export const exponential = defineSchedule({
  type: "exponential",
  description: "Multiplies the learning rate by gamma after every epoch.",
  options: Type.Object({
    gamma: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: "What the learning rate is multiplied by in an epoch; 0.95 is usual.",
    }),
    staircase: Type.Boolean({
      default: true,
      description: "Whether it stays the same within an epoch; else it shrinks a little with every step.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  notices: warmupNotices,
  build: ({ gamma, staircase, warmup }, context) =>
    afterWarmup(warmup, context, ({ stepsPerEpoch }) => ({
      factor: (step) =>
        staircase ? wholePower(gamma, Math.floor(step / stepsPerEpoch)) : power(gamma, step / stepsPerEpoch),
    })),
});
