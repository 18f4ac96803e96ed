import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";
import {
  coupledWeightDecayOption,
  movingAverageDecayOption,
  epsilonOption,
  learningRateOption,
} from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/** Each step is scaled by the running root mean square of past steps, so it has the unit of the parameter. */
export const adadelta = defineOptimizer({
  type: "adadelta",
  description: "Scales each step by the size of recent steps, so that the learning rate has little effect.",
  formula: [
    "v = ρ·v + (1 − ρ)·g²",
    "Δ = √(u + ε) / √(v + ε) · g",
    "u = ρ·u + (1 − ρ)·Δ²",
    "value −= learningRate · Δ",
  ],
  example: "{ type: adadelta, learningRate: 1 }",
  paper: "Zeiler 2012, ADADELTA: an adaptive learning rate method",
  options: Type.Object({
    learningRate: learningRateOption(1, "Factor of each step; 1 in the paper."),
    rho: movingAverageDecayOption(
      0.9,
      "Decay rate of the moving averages of the squared gradient and of the squared step (ρ).",
    ),
    epsilon: epsilonOption(1e-6),
    weightDecay: coupledWeightDecayOption,
  }),

  build({ learningRate, rho, epsilon, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, {});
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      gradientSquare: state.zerosLike(parameter, "gradientSquare").data,
      stepSquare: state.zerosLike(parameter, "stepSquare").data,
    }));
    return {
      state: [state],
      step(factor) {
        const rate = learningRate * factor;
        for (const { w, gradient, gradientSquare, stepSquare } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]! + weightDecay * w[i]!;
            const v = rho * gradientSquare[i]! + (1 - rho) * g * g;
            gradientSquare[i] = v;
            const delta = (sqrt(stepSquare[i]! + epsilon) / sqrt(v + epsilon)) * g;
            stepSquare[i] = rho * stepSquare[i]! + (1 - rho) * delta * delta;
            w[i] = w[i]! - rate * delta;
          }
          gradient.fill(0);
        }
      },
    };
  },
});
