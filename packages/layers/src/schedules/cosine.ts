import { Type } from "typebox";

import { cosineBetween } from "./shared/annealing.ts";
import { defineSchedule } from "../definition.ts";
import { afterWarmup, warmupNotices, warmupOption } from "./shared/warmup.ts";

/**
 * factor = end + (1 − end)·(1 + cos(π·t / T)) / 2 over the T steps of the training, or of a cycle: with
 * restarts, cycle i takes restartEvery·restartMultiplyⁱ epochs and begins at 1 again. Loshchilov & Hutter
 * 2017.
 */
export const cosine = defineSchedule({
  type: "cosine",
  description: "Lets the learning rate shrink along half a wave of the cosine, once or again and again.",
  options: Type.Object({
    end: Type.Number({ minimum: 0, maximum: 1, default: 0, description: "The factor that it goes down to." }),
    restartEvery: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "Epochs of the first cycle, after which it begins again; without it there is one cycle.",
      }),
    ),
    restartMultiply: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 1,
      description: "How many times as long as the cycle before the next one is.",
    }),
    ...warmupOption,
  }),
  isOpenEnded: ({ restartEvery }) => restartEvery !== undefined,
  notices: warmupNotices,
  build: ({ end, restartEvery, restartMultiply, warmup }, context) =>
    afterWarmup(warmup, context, ({ totalSteps, stepsPerEpoch }) => ({
      factor(step) {
        if (restartEvery === undefined) return cosineBetween(1, end, step / totalSteps);
        let start = 0;
        let length = restartEvery * stepsPerEpoch;
        while (step >= start + length) {
          start += length;
          length *= restartMultiply;
        }
        return cosineBetween(1, end, (step - start) / length);
      },
    })),
});
