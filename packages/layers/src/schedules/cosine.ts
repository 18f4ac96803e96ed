import { Type } from "typebox";

import { interpolateCosine } from "./shared/annealing.ts";
import { defineSchedule } from "../definition.ts";
import { getConstantFactorNotices, getIdleWarmupNotices } from "./shared/idle-options.ts";
import { buildWithWarmup, getUnreachedDropNotices, getWarmupNotices, warmupOption } from "./shared/warmup.ts";

/**
 * T is the number of steps after the warm-up, or of a cycle. With restarts, cycle i = 0, 1, … has
 * restartEvery·restartMultiplyⁱ epochs and starts with a factor of 1.
 */
export const cosine = defineSchedule({
  type: "cosine",
  description: "Lowers the learning rate along half a cosine wave, once or in cycles that restart.",
  formula:
    "factor = end + (1 − end)·(1 + cos(π·t / T)) / 2 at step t of the T steps after the warm-up or of the cycle",
  example: "{ type: cosine, end: 0.01 }",
  paper: "Loshchilov & Hutter 2017, SGDR: stochastic gradient descent with warm restarts",
  options: Type.Object({
    end: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "The factor at the end of the training or cycle.",
    }),
    restartEvery: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "Number of epochs in the first cycle, after which the schedule restarts. Default: one cycle for all epochs.",
      }),
    ),
    restartMultiply: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 1,
      description: "Length of each cycle as a multiple of the previous cycle.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: ({ restartEvery }) => restartEvery !== undefined,
  notices: (options, context) =>
    options.restartEvery === undefined
      ? getWarmupNotices(options, context)
      : getUnreachedDropNotices("cosine", options.restartEvery, options, context, "first restarts"),
  idleOptions: (options, context) => [
    ...(options.restartEvery === undefined && options.restartMultiply > 1
      ? ["schedule.restartMultiply has no effect without restartEvery; set it, or remove restartMultiply"]
      : []),
    ...getConstantFactorNotices("cosine", "end", options.end),
    ...getIdleWarmupNotices(options, context),
  ],
  build: ({ end, restartEvery, restartMultiply, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ totalSteps, stepsPerEpoch }) => ({
      factor(step) {
        if (restartEvery === undefined) return interpolateCosine(1, end, step / totalSteps);
        let start = 0;
        let length = restartEvery * stepsPerEpoch;
        while (step >= start + length) {
          start += length;
          length *= restartMultiply;
        }
        return interpolateCosine(1, end, (step - start) / length);
      },
    })),
});
