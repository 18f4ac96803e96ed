import { sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { buildAdaptiveMoments } from "./shared/adaptive-moments.ts";
import { defineOptimizer, type Parameter } from "../definition.ts";
import { createNewtonSchulz } from "./shared/newton-schulz.ts";
import { OptimizerState } from "./shared/state.ts";
import {
  movingAverageDecayOption,
  decoupledWeightDecayOption,
  epsilonOption,
  learningRateOption,
  momentumOption,
} from "./shared/options.ts";

/**
 * Makes the momentum of each weight matrix (in, out) orthogonal, so that a step changes all directions of its
 * input equally; see newton-schulz.ts. Parameters that are not matrices (biases, norms, kernels of
 * convolutions) are trained by adamw.
 */
export const muon = defineOptimizer({
  type: "muon",
  description:
    "Makes the step of each weight matrix orthogonal, so that no direction dominates. Everything else is " +
    "trained by adamw.",
  formula: [
    "b = momentum·b + g",
    "d = g + momentum·b with nesterov, else d = b",
    "value −= learningRate·weightDecay·value",
    "value −= learningRate · √max(1, out / in) · orthogonal(d)",
  ],
  example: "{ type: muon, learningRate: 0.02 }",
  paper: "Jordan 2024, Muon: an optimizer for hidden layers in neural networks",
  options: Type.Object({
    learningRate: learningRateOption(0.02, "Learning rate of the weight matrices."),
    momentum: momentumOption(0.95),
    nesterov: Type.Boolean({
      default: true,
      description: "Whether to use Nesterov momentum, which looks ahead along the velocity.",
    }),
    iterations: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 5,
      description:
        "Number of Newton–Schulz iterations. Further iterations do not bring the singular values closer to 1 " +
        "than 0.7 to 1.2.",
    }),
    weightDecay: decoupledWeightDecayOption(0),
    adamwLearningRate: learningRateOption(
      3e-4,
      "Learning rate of adamw, for everything that is not a matrix.",
    ),
    beta1: movingAverageDecayOption(0.9, "Decay rate of the moving average of the gradient, in adamw (β₁)."),
    beta2: movingAverageDecayOption(
      0.95,
      "Decay rate of the moving average of the squared gradient, in adamw (β₂).",
    ),
    epsilon: epsilonOption(1e-10),
  }),

  build(options, { backend, parameters }) {
    const { learningRate, momentum, nesterov, iterations, weightDecay } = options;
    const isMatrix = ({ value }: Parameter): boolean => value.shape.length === 2;
    const state = new OptimizerState(backend, {});
    const states = parameters.filter(isMatrix).map((parameter) => {
      const { value, gradient } = parameter;
      const [inputs, outputs] = [value.shape[0]!, value.shape[1]!];
      return {
        w: value.data,
        gradient,
        velocity: state.zerosLike(parameter, "velocity").data,
        scale: sqrt(Math.max(1, outputs / inputs)),
        orthogonalize: createNewtonSchulz(backend, value.shape, iterations),
      };
    });
    const { adamwLearningRate, beta1, beta2, epsilon } = options;
    const others = buildAdaptiveMoments(
      { learningRate: adamwLearningRate, beta1, beta2, epsilon, weightDecay, decoupled: true },
      { backend, parameters: parameters.filter((parameter) => !isMatrix(parameter)) },
    );

    return {
      state: [state, ...others.state],
      step(factor) {
        const rate = learningRate * factor;
        for (const { w, gradient, velocity, scale, orthogonalize } of states) {
          const g = gradient.data;
          for (let i = 0; i < g.length; i++) {
            const b = momentum * velocity[i]! + g[i]!;
            velocity[i] = b;
            g[i] = nesterov ? g[i]! + momentum * b : b;
          }
          const u = orthogonalize(gradient).data;
          for (let i = 0; i < w.length; i++) {
            w[i] = w[i]! - rate * weightDecay * w[i]! - rate * scale * u[i]!;
          }
          g.fill(0);
        }
        others.step(factor);
      },
    };
  },
});
