import { Type } from "typebox";

// Options with the same meaning in several optimizers. Each optimizer has its own defaults, from PyTorch or
// the paper.

/** Returns the option `learningRate`, greater than 0. */
export function learningRateOption(
  fallback: number,
  description = "Learning rate: the approximate distance that a step moves a parameter.",
) {
  return Type.Number({ exclusiveMinimum: 0, default: fallback, description });
}

/** Returns an option in [0, 1): the decay rate of a moving average. */
export function movingAverageDecayOption(fallback: number, description: string) {
  return Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: fallback,
    description,
  });
}

/** Returns the option `momentum`, in [0, 1): the share of the velocity that the next step keeps. */
export function momentumOption(fallback: number) {
  return Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: fallback,
    description: "Fraction of the velocity that the next step keeps.",
  });
}

/** Returns the option `epsilon`, greater than 0, which prevents division by zero. */
export function epsilonOption(fallback: number) {
  return Type.Number({
    exclusiveMinimum: 0,
    default: fallback,
    description: "Small number that prevents a division by zero (ε).",
  });
}

/** The option for weight decay that is added to the gradient: g + weightDecay·value. */
export const coupledWeightDecayOption = Type.Number({
  minimum: 0,
  default: 0,
  description: "Adds weightDecay × value to each parameter's gradient, which pulls it towards zero.",
});

/**
 * Returns the option for weight decay that is applied to the value: value −= learningRate·weightDecay·value.
 */
export function decoupledWeightDecayOption(fallback: number) {
  return Type.Number({
    minimum: 0,
    default: fallback,
    description: "Each step subtracts learningRate × weightDecay × value from each parameter.",
  });
}
