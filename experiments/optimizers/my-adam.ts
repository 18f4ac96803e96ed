import { OptimizerState, movingAverageDecayOption, defineOptimizer, learningRateOption } from "@nn/layers";
import { Type } from "typebox";

/** m, v: moving averages of the gradient g and of g²; m̂, v̂: without their start at 0 (Kingma & Ba 2015). */
export const myAdam = defineOptimizer({
  type: "my-adam",
  description: "Adam in plain loops: an individual step size for each number.",
  options: Type.Object({
    learningRate: learningRateOption(0.001),
    beta1: movingAverageDecayOption(0.9, "the gradient"),
    beta2: movingAverageDecayOption(0.999, "the squared gradient"),
  }),

  build({ learningRate, beta1, beta2 }, { backend, parameters }) {
    // What a checkpoint saves: β₁ᵗ and β₂ᵗ, and beside each parameter m and v.
    const state = new OptimizerState(backend, { power1: 1, power2: 1 });
    const slots = parameters.map((parameter) => {
      const [m, v] = [state.zerosLike(parameter, "m").data, state.zerosLike(parameter, "v").data];
      return { value: parameter.value.data, gradient: parameter.gradient.data, m, v };
    });
    return {
      state: [state],
      step(factor) {
        const power1 = (state.numbers.power1 *= beta1);
        const power2 = (state.numbers.power2 *= beta2);
        for (const { value, gradient, m, v } of slots) {
          for (let i = 0; i < value.length; i++) {
            const g = gradient[i]!;
            m[i] = beta1 * m[i]! + (1 - beta1) * g;
            v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
            const [mHat, vHat] = [m[i]! / (1 - power1), v[i]! / (1 - power2)];
            value[i] = value[i]! - (learningRate * factor * mHat) / (Math.sqrt(vHat) + 1e-8);
          }
          gradient.fill(0);
        }
      },
    };
  },
});
