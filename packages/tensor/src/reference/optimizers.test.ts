import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { expectClose } from "./expect-close.ts";
import { float32Backend, float64Backend, tensor } from "./sample-tensors.ts";

interface GoldenSteps {
  readonly start: number[];
  readonly gradients: number[][];
  readonly sgd: {
    options: { momentum?: number; nesterov?: boolean; weight_decay?: number };
    values: number[][];
  }[];
  readonly adam: { decoupled: boolean; weightDecay: number; values: number[][] }[];
}

// Written by golden/steps.py.
const golden: GoldenSteps = JSON.parse(
  readFileSync(new URL("../golden/steps.json", import.meta.url), "utf8"),
);

describe.each([
  { backend: float64Backend, tolerance: 1e-14 },
  { backend: float32Backend, tolerance: 4e-7 },
])("in $backend.precision", ({ backend, tolerance }) => {
  test.each(golden.sgd)(
    "sgd with $options matches PyTorch's steps and sets the gradient to zero",
    (example) => {
      const { momentum = 0, nesterov = false, weight_decay: weightDecay = 0 } = example.options;
      const value = tensor(backend, [5], golden.start);
      const gradient = backend.allocate([5]);
      const velocity = backend.allocate([5]);
      for (const [step, expected] of example.values.entries()) {
        gradient.data.set(golden.gradients[step]!);
        const scalars = { learningRate: 0.1, momentum, nesterov, weightDecay };
        backend.sgdStep({ value, gradient, ...scalars, ...(momentum === 0 ? {} : { velocity }) });
        expectClose(value.data, expected, tolerance);
        expect([...gradient.data]).toEqual([0, 0, 0, 0, 0]);
      }
    },
  );

  test.each(golden.adam)(
    "adam (decoupled $decoupled, decay $weightDecay) matches PyTorch's steps and sets the gradient to zero",
    ({ decoupled, weightDecay, values }) => {
      const value = tensor(backend, [5], golden.start);
      const gradient = backend.allocate([5]);
      const [firstMoment, secondMoment] = [backend.allocate([5]), backend.allocate([5])];
      for (const [step, expected] of values.entries()) {
        gradient.data.set(golden.gradients[step]!);
        backend.adamStep({
          value,
          gradient,
          firstMoment,
          secondMoment,
          learningRate: 0.01,
          stepSize: 0.01 / (1 - 0.9 ** (step + 1)),
          correction: Math.sqrt(1 - 0.999 ** (step + 1)),
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay,
          decoupled,
        });
        expectClose(value.data, expected, tolerance);
        expect([...gradient.data]).toEqual([0, 0, 0, 0, 0]);
      }
    },
  );
});
