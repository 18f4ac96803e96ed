import { Type } from "typebox";

import type { Optimizer, OptimizerContext } from "../../definition.ts";
import { OptimizerState } from "./state.ts";

/**
 * The options that adam, adamw and similar optimizers share. Each defines `weightDecay` itself, because its
 * default and effect differ.
 */
export const adaptiveMomentOptions = {
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    default: 0.001,
    description: "Learning rate: the approximate distance that a step moves a parameter.",
  }),
  beta1: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
    description: "Decay rate of the moving average of the gradient (β₁).",
  }),
  beta2: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.999,
    description: "Decay rate of the moving average of the squared gradient (β₂).",
  }),
  epsilon: Type.Number({
    exclusiveMinimum: 0,
    default: 1e-8,
    description: "Small number that prevents a division by zero (ε).",
  }),
};

interface AdaptiveMoments {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Whether weight decay is applied to the value (adamw) or added to the gradient (adam). */
  readonly decoupled: boolean;
}

/**
 * m and v are moving averages of the gradient g and of its square. The step is m divided by √v, both with a
 * bias correction:
 *
 *   m = β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)
 *   v = β₂·v + (1 − β₂)·g²       v̂ = v / (1 − β₂ᵗ)
 *   value −= learningRate · m̂ / (√v̂ + ε)
 *
 * m and v are initialized to zero; the divisions by 1 − βᵗ correct this bias. Kingma & Ba 2015.
 */
export function buildAdaptiveMoments(options: AdaptiveMoments, context: OptimizerContext): Optimizer {
  const { backend, parameters } = context;
  const { learningRate, beta1, beta2 } = options;
  // β₁ᵗ and β₂ᵗ are running products, because the last bits of Math.pow differ between engines.
  const state = new OptimizerState(backend, { beta1Power: 1, beta2Power: 1 });
  const { numbers } = state;
  const steps = parameters.map((parameter) => ({
    value: parameter.value,
    gradient: parameter.gradient,
    firstMoment: state.zerosLike(parameter, "firstMoment"),
    secondMoment: state.zerosLike(parameter, "secondMoment"),
  }));

  return {
    state: [state],
    step(factor) {
      numbers.beta1Power *= beta1;
      numbers.beta2Power *= beta2;
      const rate = learningRate * factor;
      const stepSize = rate / (1 - numbers.beta1Power);
      const correction = Math.sqrt(1 - numbers.beta2Power);
      for (const step of steps)
        backend.adamStep({ ...step, ...options, learningRate: rate, stepSize, correction });
    },
  };
}
