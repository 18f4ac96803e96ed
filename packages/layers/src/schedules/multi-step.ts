import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { getConstantFactorNotices, getIdleWarmupNotices } from "./shared/idle-options.ts";
import { integerPower } from "./shared/power.ts";
import { buildWithWarmup, getUnreachedDropNotices, warmupOption } from "./shared/warmup.ts";

/** Drops the learning rate after the given epochs. */
export const multiStep = defineSchedule({
  type: "multi-step",
  description: "Multiplies the learning rate by gamma after each of the given epochs.",
  formula: "factor = gamma^(number of milestones reached)",
  example: "{ type: multi-step, milestones: [30, 60, 80] }",
  options: Type.Object({
    milestones: Type.Array(Type.Integer({ minimum: 1 }), {
      minItems: 1,
      description:
        "Epochs after which the learning rate drops, such as [30, 60, 80]. Their order does not matter.",
    }),
    gamma: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.1,
      description: "Factor of the learning rate at each drop.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: () => true,
  notices: (options, context) => [
    ...getUnreachedDropNotices("multi-step", Math.min(...options.milestones), options, context),
    ...[...new Set(options.milestones.filter((epoch, index, all) => all.indexOf(epoch) < index))].map(
      (epoch) =>
        `the schedule multi-step lists the milestone ${epoch} more than once, so the learning rate drops more ` +
        "than once after this epoch; remove the duplicates",
    ),
  ],
  idleOptions: (options, context) => [
    ...getConstantFactorNotices("multi-step", "gamma", options.gamma),
    ...getIdleWarmupNotices(options, context),
  ],
  build: ({ milestones, gamma, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ stepsPerEpoch }) => ({
      factor: (step) =>
        integerPower(gamma, milestones.filter((epoch) => step >= epoch * stepsPerEpoch).length),
    })),
});
