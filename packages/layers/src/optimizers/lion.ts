import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";
import {
  movingAverageDecayOption,
  decoupledWeightDecayOption,
  learningRateOption,
} from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/**
 * Algorithm 2 of the paper: apart from weight decay, all numbers of all parameters move by the same distance,
 * up or down.
 */
export const lion = defineOptimizer({
  type: "lion",
  description:
    "Uses only the sign of a moving average of the gradient. It needs half of adam's memory and a learning " +
    "rate that is three to ten times smaller.",
  formula: [
    "u = sign(β₁·m + (1 − β₁)·g)        sign(0) = 0",
    "m = β₂·m + (1 − β₂)·g",
    "value −= learningRate · (u + weightDecay·value)",
  ],
  example: "{ type: lion, learningRate: 0.0003 }",
  paper: "Chen et al. 2023, Symbolic discovery of optimization algorithms",
  options: Type.Object({
    learningRate: learningRateOption(1e-4, "Learning rate: the distance that each number moves in a step."),
    beta1: movingAverageDecayOption(0.9, "Weight of the moving average in the direction of the step (β₁)."),
    beta2: movingAverageDecayOption(0.99, "Decay rate of the moving average of the gradient (β₂)."),
    weightDecay: decoupledWeightDecayOption(0),
  }),

  build({ learningRate, beta1, beta2, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, {});
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      mean: state.zerosLike(parameter, "mean").data,
    }));
    return {
      state: [state],
      step(factor) {
        const rate = learningRate * factor;
        for (const { w, gradient, mean } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]!;
            const m = mean[i]!;
            const u = Math.sign(beta1 * m + (1 - beta1) * g);
            mean[i] = beta2 * m + (1 - beta2) * g;
            w[i] = w[i]! - rate * (u + weightDecay * w[i]!);
          }
          gradient.fill(0);
        }
      },
    };
  },
});
