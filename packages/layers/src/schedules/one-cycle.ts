import { Type } from "typebox";

import { interpolateCosine, interpolateLinear } from "./shared/annealing.ts";
import { defineSchedule } from "../definition.ts";
import { getIdleWarmupNotices } from "./shared/idle-options.ts";
import { buildWithWarmup, getWarmupNotices, warmupOption } from "./shared/warmup.ts";

/** The factor at the peak is 1, so the peak is the optimizer's learning rate. Momentum does not change. */
export const oneCycle = defineSchedule({
  type: "one-cycle",
  description:
    "Raises the learning rate to its peak, then lowers it far below its initial value, in one cycle over " +
    "the whole training.",
  formula:
    "factor: 1 / startDivisor → 1 at peak·T steps → 1 / (startDivisor·endDivisor) at the last of T steps",
  paper:
    "Smith & Topin 2018, Super-convergence: very fast training of neural networks using large learning rates",
  options: Type.Object({
    peak: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.3,
      description: "Fraction of the steps in which the learning rate rises.",
    }),
    startDivisor: Type.Number({
      minimum: 1,
      default: 25,
      description: "Divides the learning rate of the first step.",
    }),
    endDivisor: Type.Number({
      minimum: 1,
      default: 10_000,
      description: "The last learning rate is the first learning rate divided by this number.",
    }),
    anneal: Type.Enum(["cosine", "linear"], {
      default: "cosine",
      description: "The curve along which the learning rate rises and falls.",
    }),
    ...warmupOption,
  }),
  notices: getWarmupNotices,
  idleOptions: getIdleWarmupNotices,
  build: ({ peak, startDivisor, endDivisor, anneal, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ totalSteps }) => {
      const between = anneal === "cosine" ? interpolateCosine : interpolateLinear;
      const start = 1 / startDivisor;
      const end = start / endDivisor;
      // The rise ends at step T·peak − 1, the fall at step T − 1. If there are too few steps for a rise, the
      // first step is at the peak.
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
