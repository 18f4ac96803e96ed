import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { getConstantFactorNotices, getIdleWarmupNotices } from "./shared/idle-options.ts";
import { power, integerPower } from "./shared/power.ts";
import { buildWithWarmup, getWarmupNotices, getUnreachedDropNotices, warmupOption } from "./shared/warmup.ts";

/** With `staircase: true`, the epoch in the exponent is rounded down; otherwise it is fractional. */
export const exponential = defineSchedule({
  type: "exponential",
  description: "Multiplies the learning rate by gamma after every epoch.",
  formula: "factor = gamma^epoch",
  example: "{ type: exponential, gamma: 0.95 }",
  options: Type.Object({
    gamma: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: "Factor of the learning rate per epoch; 0.95 is usual.",
    }),
    staircase: Type.Boolean({
      default: true,
      description:
        "Whether the learning rate stays the same within an epoch. false: it shrinks a little with every step.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  notices: (options, context) =>
    options.staircase && options.gamma < 1
      ? getUnreachedDropNotices("exponential", 1, options, context)
      : getWarmupNotices(options, context),
  idleOptions: (options, context) => [
    ...getConstantFactorNotices("exponential", "gamma", options.gamma),
    ...getIdleWarmupNotices(options, context),
  ],
  build: ({ gamma, staircase, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ stepsPerEpoch }) => ({
      factor: (step) =>
        staircase
          ? integerPower(gamma, Math.floor(step / stepsPerEpoch))
          : power(gamma, step / stepsPerEpoch),
    })),
});
