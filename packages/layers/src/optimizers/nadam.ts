import { exp, log, sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { adaptiveMomentOptions } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";
import { coupledWeightDecayOption, learningRateOption } from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/** Adam with a moving average that looks one step ahead, as Nesterov momentum does. */
export const nadam = defineOptimizer({
  type: "nadam",
  description: "Adam with Nesterov momentum: it looks one step ahead along the moving average.",
  formula: [
    "μₜ = β₁·(1 − ½·0.96^(t·momentumDecay))        t = 1, 2, …",
    "m = β₁·m + (1 − β₁)·g",
    "v = β₂·v + (1 − β₂)·g²        v̂ = v / (1 − β₂ᵗ)",
    "value −= learningRate · (μₜ₊₁·m / (1 − Πᵢ₌₁ᵗ⁺¹ μᵢ) + (1 − μₜ)·g / (1 − Πᵢ₌₁ᵗ μᵢ)) / (√v̂ + ε)",
  ],
  example: "{ type: nadam, learningRate: 0.002 }",
  paper: "Dozat 2016, Incorporating Nesterov momentum into Adam",
  options: Type.Object({
    ...adaptiveMomentOptions,
    learningRate: learningRateOption(0.002),
    momentumDecay: Type.Number({
      minimum: 0,
      default: 0.004,
      description: "Rate at which the momentum grows from half of beta1 to beta1.",
    }),
    weightDecay: coupledWeightDecayOption,
  }),

  build({ learningRate, beta1, beta2, epsilon, momentumDecay, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, { t: 0, beta2Power: 1, momentumProduct: 1 });
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      firstMoment: state.zerosLike(parameter, "firstMoment").data,
      secondMoment: state.zerosLike(parameter, "secondMoment").data,
    }));
    const momentumAt = (t: number): number => beta1 * (1 - 0.5 * exp(t * momentumDecay * log(0.96)));

    const { numbers } = state;
    return {
      state: [state],
      step(factor) {
        numbers.t++;
        numbers.beta2Power *= beta2;
        const [mu, next] = [momentumAt(numbers.t), momentumAt(numbers.t + 1)];
        numbers.momentumProduct *= mu;
        const { beta2Power, momentumProduct } = numbers;
        const rate = learningRate * factor;
        const alongGradient = (rate * (1 - mu)) / (1 - momentumProduct);
        const alongMean = (rate * next) / (1 - momentumProduct * next);
        for (const { w, gradient, firstMoment, secondMoment } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]! + weightDecay * w[i]!;
            const m = beta1 * firstMoment[i]! + (1 - beta1) * g;
            const v = beta2 * secondMoment[i]! + (1 - beta2) * g * g;
            firstMoment[i] = m;
            secondMoment[i] = v;
            w[i] = w[i]! - (alongMean * m + alongGradient * g) / (sqrt(v / (1 - beta2Power)) + epsilon);
          }
          gradient.fill(0);
        }
      },
    };
  },
});
