import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";
import {
  coupledWeightDecayOption,
  movingAverageDecayOption,
  epsilonOption,
  learningRateOption,
  momentumOption,
} from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/** ε is added outside the root, as in PyTorch. */
export const rmsprop = defineOptimizer({
  type: "rmsprop",
  description: "Divides each gradient by the square root of the moving average of its square.",
  formula: [
    "v = α·v + (1 − α)·g²",
    "a = α·a + (1 − α)·g              centered only, else 0",
    "b = momentum·b + g / (√(v − a²) + ε)",
    "value −= learningRate · b",
  ],
  example: "{ type: rmsprop, learningRate: 0.001 }",
  paper:
    "Hinton 2012, Neural networks for machine learning, lecture 6e; centered: Graves 2013, Generating " +
    "sequences with recurrent neural networks",
  options: Type.Object({
    learningRate: learningRateOption(0.01),
    alpha: movingAverageDecayOption(0.99, "Decay rate of the moving average of the squared gradient (α)."),
    epsilon: epsilonOption(1e-8),
    momentum: momentumOption(0),
    centered: Type.Boolean({
      default: false,
      description:
        "Whether to divide by the standard deviation of the gradient instead of its root mean square.",
    }),
    weightDecay: coupledWeightDecayOption,
  }),

  build({ learningRate, alpha, epsilon, momentum, centered, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, {});
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      square: state.zerosLike(parameter, "square").data,
      mean: centered ? state.zerosLike(parameter, "mean").data : undefined,
      velocity: momentum > 0 ? state.zerosLike(parameter, "velocity").data : undefined,
    }));
    return {
      state: [state],
      step(factor) {
        const rate = learningRate * factor;
        for (const { w, gradient, square, mean, velocity } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]! + weightDecay * w[i]!;
            const v = alpha * square[i]! + (1 - alpha) * g * g;
            square[i] = v;
            let variance = v;
            if (mean !== undefined) {
              const a = alpha * mean[i]! + (1 - alpha) * g;
              mean[i] = a;
              // Rounding can make the difference negative, and its root NaN.
              variance = Math.max(0, v - a * a);
            }
            let b = g / (sqrt(variance) + epsilon);
            if (velocity !== undefined) {
              b += momentum * velocity[i]!;
              velocity[i] = b;
            }
            w[i] = w[i]! - rate * b;
          }
          gradient.fill(0);
        }
      },
    };
  },
});
