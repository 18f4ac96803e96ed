import fc from "fast-check";

import { seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const length = fc.integer({ min: 1, max: 100 });
const weightDecay = fc.constantFrom(0, 0.01);

const sgd = fc
  .record({ n: length, momentum: fc.constantFrom(0, 0.9), nesterov: fc.boolean(), weightDecay, seed })
  .map(({ n, seed: s, ...options }): OperationCase => (backend, draw) => {
    const value = draw([n], s);
    const gradient = draw([n], s + 1);
    const velocity = draw([n], s + 2);
    const kept = options.momentum > 0 ? { velocity } : {};
    backend.sgdStep({ value, gradient, ...kept, learningRate: 0.1, ...options });
    return [value, gradient, velocity];
  });

const adam = fc
  .record({ n: length, weightDecay, decoupled: fc.boolean(), seed })
  .map(({ n, seed: s, ...options }): OperationCase => (backend, draw) => {
    const value = draw([n], s);
    const gradient = draw([n], s + 1);
    const firstMoment = draw([n], s + 2);
    const secondMoment = backend.allocate([n]);
    secondMoment.data.fill(0);
    for (let step = 1; step <= 2; step++) {
      gradient.data.set(draw([n], s + 2 + step).data);
      backend.adamStep({
        value,
        gradient,
        firstMoment,
        secondMoment,
        learningRate: 0.001,
        stepSize: 0.001 / (1 - 0.9 * step),
        correction: Math.sqrt(1 - 0.99 * 0.5 * step),
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        ...options,
      });
    }
    return [value, gradient, firstMoment, secondMoment];
  });

export const optimizers = {
  sgdStep: { "all its forms": sgd },
  adamStep: { "Adam and AdamW": adam },
} satisfies OperationCases;
