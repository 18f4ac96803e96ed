import { Type } from "typebox";
import type { Problem } from "../../problem.ts";

/** Options of pruners whose rungs grow geometrically. */
export const rungOptions = {
  eta: Type.Integer({
    minimum: 2,
    maximum: 1000,
    default: 3,
    description:
      "Reduction factor η: one in η configurations continues from a rung, and the next rung is at η times the epochs.",
  }),
  minEpochs: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 1,
    description: "Number of epochs before the first rung, at which the first configurations are stopped.",
  }),
};

/** Returns the rungs minEpochs·ηᵏ, k = 0, 1, …, that are below `epochs`. */
export function computeRungs(minEpochs: number, eta: number, epochs: number): number[] {
  const rungs: number[] = [];
  for (let rung = minEpochs; rung < epochs; rung *= eta) rungs.push(rung);
  return rungs;
}

/** Returns a problem if the first rung is not before the last epoch. */
export function checkFirstRung(minEpochs: number, epochs: number): Problem[] {
  if (minEpochs < epochs) return [];
  return [
    {
      path: ["minEpochs"],
      message:
        `nothing can be stopped after epoch ${minEpochs} of ${epochs}; make minEpochs smaller than ` +
        "training.epochs",
    },
  ];
}
