import { Type } from "typebox";
import { createHalvingPruner, type BracketPlan } from "./shared/halving.ts";
import { rungOptions } from "./shared/rungs.ts";
import { definePruner } from "../pruner.ts";

/**
 * Hyperband (Li et al. 2018, Algorithm 1): runs successive halving in several brackets. The first bracket
 * compares many configurations after few epochs; the last trains a few to the end. R is the number of epochs
 * of a trial that is not stopped early.
 *
 * Configurations are assigned to the brackets in order. After a full round of brackets, the next round
 * starts. A bracket ends with its generation, even if it is not full.
 *
 * A configuration without an objective is stopped at once. It counts as the worst of its bracket, and so does
 * a configuration that has ended.
 */
export const hyperband = definePruner({
  type: "hyperband",
  description:
    "Successive halving in several brackets. The first bracket stops many configurations early; the last trains a " +
    "few to the end. A configuration without an objective is stopped at once and counts as the worst.",
  formula:
    "bracket s = sₘₐₓ, … 0: ⌈(sₘₐₓ + 1) / (s + 1)·ηˢ⌉ configurations; rungs at R·η⁻ˢ, R·η⁻ˢ⁺¹, … below R " +
    "= training.epochs",
  example: "{ type: hyperband, eta: 3 }",
  paper: "Li et al. 2018, Hyperband: a novel bandit-based approach to hyperparameter optimization",
  dependsOnLaterConfigurations: true,
  options: Type.Object({
    ...rungOptions,
    minEpochs: Type.Integer({
      ...rungOptions.minEpochs,
      description:
        "Smallest number of epochs before a rung. The rungs are training.epochs·η⁻ˢ, rounded down.",
    }),
  }),

  check({ eta, minEpochs }, { epochs }) {
    if (minEpochs * eta <= epochs) return [];
    return [
      {
        path: ["minEpochs"],
        message:
          `with eta = ${eta} and minEpochs = ${minEpochs} the only bracket trains all its configurations ` +
          `to the end, epoch ${epochs}; make their product no greater than training.epochs`,
      },
    ];
  },

  create({ eta, minEpochs }, { epochs, generations }) {
    const round = brackets(epochs, eta, minEpochs);
    const dealt: BracketPlan[] = [];
    for (const generation of generations) {
      for (let left = generation; left > 0; left -= dealt.at(-1)!.size) {
        const { size, rungs } = round[dealt.length % round.length]!;
        dealt.push({ size: Math.min(size, left), rungs });
      }
    }
    return createHalvingPruner(dealt, eta);
  },
});

/**
 * Returns one round of brackets. s goes from sₘₐₓ down to 0. sₘₐₓ is the largest s for which R·η⁻ˢ is at
 * least `minEpochs`. Bracket s has n = ⌈(sₘₐₓ + 1)/(s + 1)·ηˢ⌉ configurations and the rungs R·η⁻ˢ, R·η⁻ˢ⁺¹, …
 * below R, rounded down.
 */
function brackets(R: number, eta: number, minEpochs: number): BracketPlan[] {
  const powers = [1]; // ηˢ
  while (powers.at(-1)! * eta * minEpochs <= R) powers.push(powers.at(-1)! * eta);
  return powers
    .map((power, s) => ({
      size: Math.ceil((powers.length * power) / (s + 1)),
      rungs: powers
        .slice(1, s + 1)
        .map((each) => Math.floor(R / each))
        .toReversed(),
    }))
    .toReversed();
}
