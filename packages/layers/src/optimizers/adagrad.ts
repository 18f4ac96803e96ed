import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";
import { coupledWeightDecayOption, epsilonOption, learningRateOption } from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/** The steps of a parameter shrink as its squared gradients add up. */
export const adagrad = defineOptimizer({
  type: "adagrad",
  description:
    "Divides each gradient by the square root of the sum of its past squares. Suitable for rare features.",
  formula: ["s += g²", "value −= learningRate / (1 + t·learningRateDecay) · g / (√s + ε)        t = 0, 1, …"],
  example: "{ type: adagrad, learningRate: 0.01 }",
  paper:
    "Duchi, Hazan & Singer 2011, Adaptive subgradient methods for online learning and stochastic optimization",
  options: Type.Object({
    learningRate: learningRateOption(0.01),
    learningRateDecay: Type.Number({
      minimum: 0,
      default: 0,
      description: "After t steps, the learning rate is divided by 1 + t·learningRateDecay.",
    }),
    initialAccumulator: Type.Number({
      minimum: 0,
      default: 0,
      description: "Initial sum of squares. A value above 0 makes the first steps shorter.",
    }),
    epsilon: epsilonOption(1e-10),
    weightDecay: coupledWeightDecayOption,
  }),

  build(options, { backend, parameters }) {
    const { learningRate, learningRateDecay, initialAccumulator, epsilon, weightDecay } = options;
    const state = new OptimizerState(backend, { t: 0 });
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      sum: state.zerosLike(parameter, "sum").data.fill(initialAccumulator),
    }));
    const { numbers } = state;
    return {
      state: [state],
      step(factor) {
        const rate = (learningRate * factor) / (1 + numbers.t * learningRateDecay);
        numbers.t++;
        for (const { w, gradient, sum } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]! + weightDecay * w[i]!;
            const s = sum[i]! + g * g;
            sum[i] = s;
            w[i] = w[i]! - (rate * g) / (sqrt(s) + epsilon);
          }
          gradient.fill(0);
        }
      },
    };
  },
});
