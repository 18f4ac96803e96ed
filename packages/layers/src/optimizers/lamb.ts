import { sqrt, type FloatArray } from "@nn/tensor";
import { Type } from "typebox";

import { adaptiveMomentOptions } from "./shared/adaptive-moments.ts";
import { defineOptimizer } from "../definition.ts";
import { decoupledWeightDecayOption, epsilonOption } from "./shared/options.ts";
import { OptimizerState } from "./shared/state.ts";

/**
 * Algorithm 2 of the paper: scales Adam's step of each parameter in proportion to the norm of the parameter.
 *
 * A norm is over one parameter (a weight matrix, a bias), summed in float64 in index order.
 */
export const lamb = defineOptimizer({
  type: "lamb",
  description: "Adam with steps proportional to the size of each layer's weights, for very large batches.",
  formula: [
    "m = β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)",
    "v = β₂·v + (1 − β₂)·g²       v̂ = v / (1 − β₂ᵗ)",
    "u = m̂ / (√v̂ + ε) + weightDecay·value",
    "value −= learningRate · ‖value‖ / ‖u‖ · u        the ratio is 1 where either norm is 0",
  ],
  example: "{ type: lamb, learningRate: 0.001 }",
  paper: "You et al. 2020, Large batch optimization for deep learning: training BERT in 76 minutes",
  options: Type.Object({
    ...adaptiveMomentOptions,
    epsilon: epsilonOption(1e-6),
    weightDecay: decoupledWeightDecayOption(0.01),
  }),

  build({ learningRate, beta1, beta2, epsilon, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, { beta1Power: 1, beta2Power: 1 });
    const states = parameters.map((parameter) => ({
      w: parameter.value.data,
      gradient: parameter.gradient.data,
      firstMoment: state.zerosLike(parameter, "firstMoment").data,
      secondMoment: state.zerosLike(parameter, "secondMoment").data,
    }));

    const { numbers } = state;
    return {
      state: [state],
      step(factor) {
        numbers.beta1Power *= beta1;
        numbers.beta2Power *= beta2;
        const { beta1Power, beta2Power } = numbers;
        for (const { w, gradient, firstMoment, secondMoment } of states) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i]!;
            const m = beta1 * firstMoment[i]! + (1 - beta1) * g;
            const v = beta2 * secondMoment[i]! + (1 - beta2) * g * g;
            firstMoment[i] = m;
            secondMoment[i] = v;
            // The gradient is no longer needed, so its buffer is used for u.
            const direction = m / (1 - beta1Power) / (sqrt(v / (1 - beta2Power)) + epsilon);
            gradient[i] = direction + weightDecay * w[i]!;
          }
          const [size, length] = [norm(w), norm(gradient)];
          const trust = size === 0 || length === 0 ? 1 : size / length;
          const rate = learningRate * factor * trust;
          for (let i = 0; i < w.length; i++) w[i] = w[i]! - rate * gradient[i]!;
          gradient.fill(0);
        }
      },
    };
  },
});

/** Returns ‖x‖₂, summed in float64. */
function norm(x: FloatArray): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return sqrt(sum);
}
