import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { adaptiveMomentOptions } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";
import { coupledWeightDecayOption } from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/**
 * Adam that does not divide by √v until v averages enough gradients. ρ is the approximate number of gradients
 * that v averages.
 */
export const radam = defineOptimizer({
  type: "radam",
  description:
    "Adam with a built-in warm-up: the first steps do not divide by a mean of only a few squared gradients.",
  formula: [
    "m = β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)",
    "v = β₂·v + (1 − β₂)·g²",
    "ρ∞ = 2 / (1 − β₂) − 1        ρ = ρ∞ − 2t·β₂ᵗ / (1 − β₂ᵗ)",
    "r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))",
    "value −= learningRate · m̂ · r·√(1 − β₂ᵗ) / (√v + ε)    where ρ > 5",
    "value −= learningRate · m̂                              else",
  ],
  example: "{ type: radam, learningRate: 0.001 }",
  paper: "Liu et al. 2020, On the variance of the adaptive learning rate and beyond",
  options: Type.Object({ ...adaptiveMomentOptions, weightDecay: coupledWeightDecayOption }),

  build({ learningRate, beta1, beta2, epsilon, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, { t: 0, beta1Power: 1, beta2Power: 1 });
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      firstMoment: state.zerosLike(parameter, "firstMoment").data,
      secondMoment: state.zerosLike(parameter, "secondMoment").data,
    }));
    const longest = 2 / (1 - beta2) - 1; // ρ∞

    const { numbers } = state;
    return {
      state: [state],
      step(factor) {
        numbers.t++;
        numbers.beta1Power *= beta1;
        numbers.beta2Power *= beta2;
        const { t, beta1Power, beta2Power } = numbers;
        const length = longest - (2 * t * beta2Power) / (1 - beta2Power); // ρ
        const rectified = length > 5;
        const rectification = rectified
          ? sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length)) *
            sqrt(1 - beta2Power)
          : 1;
        const stepSize = ((learningRate * factor) / (1 - beta1Power)) * rectification;
        for (const { w, gradient, firstMoment, secondMoment } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]! + weightDecay * w[i]!;
            const m = beta1 * firstMoment[i]! + (1 - beta1) * g;
            const v = beta2 * secondMoment[i]! + (1 - beta2) * g * g;
            firstMoment[i] = m;
            secondMoment[i] = v;
            w[i] = w[i]! - (rectified ? (stepSize * m) / (sqrt(v) + epsilon) : stepSize * m);
          }
          gradient.fill(0);
        }
      },
    };
  },
});
