import { Type } from "typebox";

import { lineBetween } from "./shared/annealing.ts";
import { defineSchedule } from "../definition.ts";
import { power } from "./shared/power.ts";
import { afterWarmup, warmupNotices, warmupOption } from "./shared/warmup.ts";

/** factor = end + (1 − end)·(1 − t / T)^power over the T steps of the training. */
export const polynomial = defineSchedule({
  type: "polynomial",
  description:
    "Lets the learning rate shrink over the whole training: along a line, or a curve of this power.",
  options: Type.Object({
    power: Type.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      default: 1,
      description: "At 1 a line; above 1 it shrinks fast at first, below 1 fast at the end.",
    }),
    end: Type.Number({ minimum: 0, maximum: 1, default: 0, description: "The factor that it goes down to." }),
    ...warmupOption,
  }),
  notices: warmupNotices,
  build: ({ power: exponent, end, warmup }, context) =>
    afterWarmup(warmup, context, ({ totalSteps }) => ({
      factor: (step) => lineBetween(end, 1, power(Math.max(0, 1 - step / totalSteps), exponent)),
    })),
});
