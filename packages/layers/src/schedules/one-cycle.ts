import { Type } from "typebox";

import { cosineBetween, lineBetween } from "./shared/annealing.ts";
import { defineSchedule } from "../definition.ts";
import { afterWarmup, warmupNotices, warmupOption } from "./shared/warmup.ts";

/**
 * From 1 / startDivisor up to 1, which is reached at `peak` of the T steps, then down to 1 /
 * (startDivisor·endDivisor) at the last step. The optimizer's learning rate is that of the peak. Smith &
 * Topin 2018; momentum is left alone.
 */
export const oneCycle = defineSchedule({
  type: "one-cycle",
  description: "Up to the learning rate and far down again, in one cycle that takes the whole training.",
  options: Type.Object({
    peak: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.3,
      description: "The part of the steps in which the learning rate rises.",
    }),
    startDivisor: Type.Number({
      minimum: 1,
      default: 25,
      description: "The first step has the learning rate divided by this.",
    }),
    endDivisor: Type.Number({
      minimum: 1,
      default: 10_000,
      description: "The last step has the learning rate of the first divided by this.",
    }),
    anneal: Type.Enum(["cosine", "linear"], {
      default: "cosine",
      description: "Along which curve it rises and falls.",
    }),
    ...warmupOption,
  }),
  notices: warmupNotices,
  build: ({ peak, startDivisor, endDivisor, anneal, warmup }, context) =>
    afterWarmup(warmup, context, ({ totalSteps }) => {
      const between = anneal === "cosine" ? cosineBetween : lineBetween;
      const start = 1 / startDivisor;
      const end = start / endDivisor;
      // The rise ends at step T·peak − 1, the fall at step T − 1; a training too short for a rise begins at
      // the top.
      const top = Math.max(0, peak * totalSteps - 1);
      const last = totalSteps - 1;
      return {
        factor: (step) =>
          step < top
            ? between(start, 1, step / top)
            : between(1, end, last > top ? (step - top) / (last - top) : 0),
      };
    }),
});
