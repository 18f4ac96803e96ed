import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";
import { OptionsError } from "../errors.ts";
import { OptimizerState } from "./shared/state.ts";

/**
 * Stochastic gradient descent: value −= learningRate · gradient.
 *
 * With momentum μ the step follows a velocity v = μ·v + gradient (Polyak 1964), which Nesterov's form looks
 * ahead of: value −= learningRate · (gradient + μ·v) (Sutskever et al. 2013, as PyTorch writes it).
 */
export const sgd = defineOptimizer({
  type: "sgd",
  description: "Stochastic gradient descent, with momentum if you like.",
  options: Type.Object({
    learningRate: Type.Number({ exclusiveMinimum: 0, default: 0.01, description: "How far a step goes." }),
    momentum: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: "How much of the last step's velocity the next one keeps; 0.9 is usual.",
    }),
    nesterov: Type.Boolean({
      default: false,
      description: "Looks ahead along the velocity. Needs momentum.",
    }),
    weightDecay: Type.Number({
      minimum: 0,
      default: 0,
      description: "Pulls every parameter towards zero: this times its value is added to its gradient.",
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
      ...(momentum > 0 && { velocity: state.beside(parameter, "velocity") }),
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
