import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";
import { OptionsError } from "../errors.ts";
import { OptimizerState } from "./shared/state.ts";

/**
 * With momentum, the step follows a velocity. Nesterov momentum, in PyTorch's form, looks ahead along the
 * velocity.
 */
export const sgd = defineOptimizer({
  type: "sgd",
  description: "Stochastic gradient descent, optionally with momentum.",
  formula: [
    "v = momentum·v + g",
    "value −= learningRate · v, or learningRate · (g + momentum·v) with nesterov",
  ],
  example: "{ type: sgd, learningRate: 0.1, momentum: 0.9 }",
  paper:
    "Polyak 1964, Some methods of speeding up the convergence of iteration methods; nesterov: Sutskever " +
    "et al. 2013, On the importance of initialization and momentum in deep learning",
  options: Type.Object({
    learningRate: Type.Number({
      exclusiveMinimum: 0,
      default: 0.01,
      description: "Learning rate: factor of each step.",
    }),
    momentum: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: "Fraction of the velocity that the next step keeps; 0.9 is usual.",
    }),
    nesterov: Type.Boolean({
      default: false,
      description: "Whether to use Nesterov momentum, which looks ahead along the velocity. Needs momentum.",
    }),
    weightDecay: Type.Number({
      minimum: 0,
      default: 0,
      description: "Adds weightDecay × value to each parameter's gradient, which pulls it towards zero.",
    }),
  }),

  check({ momentum, nesterov }) {
    if (nesterov && momentum === 0) {
      throw new OptionsError(
        "nesterov",
        "sgd: nesterov looks ahead along the velocity, so momentum must be above 0, got 0. " +
          `Set "momentum: 0.9", or leave nesterov out.`,
      );
    }
  },

  build({ learningRate, momentum, nesterov, weightDecay }, { backend, parameters }) {
    const state = new OptimizerState(backend, {});
    const steps = parameters.map((parameter) => ({
      value: parameter.value,
      gradient: parameter.gradient,
      ...(momentum > 0 && { velocity: state.zerosLike(parameter, "velocity") }),
      momentum,
      nesterov,
      weightDecay,
    }));
    return {
      state: [state],
      step(factor) {
        for (const step of steps) backend.sgdStep({ ...step, learningRate: learningRate * factor });
      },
    };
  },
});
