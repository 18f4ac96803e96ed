import { Type } from "typebox";

import { interpolateLinear } from "./shared/annealing.ts";
import { defineSchedule } from "../definition.ts";
import { getConstantFactorNotices, getIdleWarmupNotices } from "./shared/idle-options.ts";
import { power } from "./shared/power.ts";
import { buildWithWarmup, getWarmupNotices, warmupOption } from "./shared/warmup.ts";

/** Polynomial decay of the learning rate. T is the number of steps after the warm-up. */
export const polynomial = defineSchedule({
  type: "polynomial",
  description:
    "Lowers the learning rate over the whole training along a line, or along a curve with the given power.",
  formula: "factor = end + (1 − end)·(1 − t / T)^power at step t of the T steps after the warm-up",
  options: Type.Object({
    power: Type.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      default: 1,
      description:
        "Shape of the curve. 1 is a line. A larger power falls faster at first, a smaller one at the end.",
    }),
    end: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "The factor at the end of the training or cycle.",
    }),
    ...warmupOption,
  }),
  notices: getWarmupNotices,
  idleOptions: (options, context) => [
    ...getConstantFactorNotices("polynomial", "end", options.end),
    ...getIdleWarmupNotices(options, context),
  ],
  build: ({ power: exponent, end, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ totalSteps }) => ({
      factor: (step) => interpolateLinear(end, 1, power(Math.max(0, 1 - step / totalSteps), exponent)),
    })),
});
