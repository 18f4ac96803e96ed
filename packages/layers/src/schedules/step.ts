import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { getConstantFactorNotices, getIdleWarmupNotices } from "./shared/idle-options.ts";
import { integerPower } from "./shared/power.ts";
import { buildWithWarmup, getUnreachedDropNotices, warmupOption } from "./shared/warmup.ts";

/** Drops the learning rate at regular intervals. */
export const step = defineSchedule({
  type: "step",
  description: "Multiplies the learning rate by gamma after every stepSize epochs.",
  formula: "factor = gamma^⌊epoch / stepSize⌋",
  example: "{ type: step, stepSize: 10 }",
  options: Type.Object({
    stepSize: Type.Integer({ minimum: 1, description: "Number of epochs from one drop to the next." }),
    gamma: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.1,
      description: "Factor of the learning rate at each drop.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  notices: (options, context) => getUnreachedDropNotices("step", options.stepSize, options, context),
  idleOptions: (options, context) => [
    ...getConstantFactorNotices("step", "gamma", options.gamma),
    ...getIdleWarmupNotices(options, context),
  ],
  build: ({ stepSize, gamma, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ stepsPerEpoch }) => ({
      factor: (t) => integerPower(gamma, Math.floor(t / (stepSize * stepsPerEpoch))),
    })),
});
