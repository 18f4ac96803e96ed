import { completeOptions } from "@nn/catalog/testing/complete-options";
import { readFileSync } from "node:fs";

import { layers, losses, optimizers, planModel, type Loss, type Model, type Optimizer } from "@nn/layers";
import { computeRelativeError } from "@nn/layers/testing";
import { createRng, type Backend, type Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { zeros } from "../src/initializers/zeros.ts";
import { float64ReferenceBackend, fastBackends, referenceBackend } from "../src/testing/backends.ts";

/** The results of golden/mlp.py, computed with PyTorch. The script explains how to run it. */
interface Golden {
  readonly batch: number;
  readonly optimizers: readonly { readonly type: string; readonly [option: string]: unknown }[];
  readonly networks: readonly Network[];
}

interface Network {
  readonly activation: string;
  readonly loss: string;
  /** Number of features, hidden units and classes. */
  readonly sizes: readonly [number, number, number];
  readonly float32: Seen;
  readonly float64: Seen;
}

interface Seen {
  /** The loss of each step, for each optimizer. */
  readonly losses: readonly (readonly number[])[];
  /** The gradient of each parameter in the first step; for more than 1000 numbers, every 101st. */
  readonly gradients: readonly (readonly number[])[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("../golden/mlp.json", import.meta.url), "utf8"));
const N = golden.batch;

// In float64, each number is compared relative to itself, which reveals a wrong formula. In float32, this is
// not possible: where the terms of a sum cancel, the difference is mostly rounding error. Five of the 2,635
// stored numbers have a relative error above 1e-5 (at most 3.2e-5), and PyTorch's float32 differs by up to
// 1.2e-5 from its own float64. So in float32, the error is relative to the largest number of the same
// gradient. It was at most 1.9e-7 when this was written.
const settings = [
  { backend: float64ReferenceBackend, lossTolerance: 1e-10, gradientTolerance: 1e-10, floor: 1e-3 },
  ...[referenceBackend, ...fastBackends].map((backend) => ({
    backend,
    lossTolerance: 1e-5,
    gradientTolerance: 1e-6,
    floor: 1,
  })),
];

describe.each(settings)("$backend.name $backend.precision agrees with PyTorch", (setting) => {
  const { backend, lossTolerance, gradientTolerance, floor } = setting;

  describe.each(golden.networks)("$sizes, $activation, $loss", (network) => {
    const seen = network[backend.precision];

    test("on every gradient of the first step", () => {
      const { model, loss } = build(network, backend);
      const { x, labels } = drawBatch(backend, 0, network.sizes[0]);
      loss.forward(model.forward(x, { training: true, step: 0 }), labels);
      model.backward(loss.backward(), { training: true, step: 0 });
      for (const [i, { gradient }] of model.parameters.entries()) {
        const stride = gradient.data.length > 1000 ? 101 : 1;
        const ours = gradient.data.filter((_value, position) => position % stride === 0);
        const theirs = Float64Array.from(seen.gradients[i]!);
        expect(ours.length).toBe(theirs.length);
        expect(computeRelativeError(ours, theirs, floor)).toBeLessThan(gradientTolerance);
      }
    });

    test.each(golden.optimizers.map((choice, i) => ({ choice, expected: seen.losses[i]! })))(
      "on the loss of ten steps with $choice",
      ({ choice, expected }) => {
        const { model, loss } = build(network, backend);
        const optimizer = buildOptimizer(choice, backend, model);
        const steps = expected.map((_loss, step) => {
          const { x, labels } = drawBatch(backend, step, network.sizes[0]);
          return trainStep(model, loss, optimizer, x, labels, step);
        });
        for (const [step, value] of steps.entries()) {
          expect(Math.abs(value - expected[step]!) / expected[step]!).toBeLessThan(lossTolerance);
        }
      },
    );
  });
});

function trainStep(
  model: Model,
  loss: Loss,
  optimizer: Optimizer,
  x: Tensor,
  labels: Int32Array,
  step: number,
): number {
  const pass = { training: true, step };
  const value = loss.forward(model.forward(x, pass), labels);
  model.backward(loss.backward(), pass);
  optimizer.step(1);
  return value;
}

function build({ sizes, activation, loss }: Network, backend: Backend): { model: Model; loss: Loss } {
  const [features, hidden, classes] = sizes;
  const choose = (type: string, options = {}) => {
    const definition = layers.get(type)!;
    return { definition, options: completeOptions(definition, options) };
  };
  const plan = planModel(
    [choose("dense", { units: hidden }), choose(activation), choose("dense", { units: classes })],
    [features],
  );
  const initializer = { definition: zeros, options: {} };
  const model = plan.build({ backend, batchSize: N, rng: createRng(1), initializer });

  for (const [layer, numbers] of [wholeNumbers(100), wholeNumbers(101)].entries()) {
    for (const { value } of model.parameters.slice(2 * layer, 2 * layer + 2)) {
      for (let i = 0; i < value.data.length; i++) value.data[i] = ((numbers() % 255) - 127) / 256;
    }
  }
  return { model, loss: losses.get(loss)!.build({}, { backend, batchSize: N, outputShape: [classes] }) };
}

function buildOptimizer(
  { type, ...options }: Golden["optimizers"][number],
  backend: Backend,
  { parameters }: Model,
): Optimizer {
  const definition = optimizers.get(type)!;
  return definition.build(completeOptions(definition, options), { backend, parameters });
}

function drawBatch(backend: Backend, step: number, features: number): { x: Tensor; labels: Int32Array } {
  const numbers = wholeNumbers(200 + step);
  const x = backend.allocate([N, features]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = numbers() % 5 === 0 ? (numbers() % 256) / 256 : 0;
  const labels = backend.allocateIntegers(N);
  for (let n = 0; n < N; n++) labels[n] = numbers() % 10;
  return { x, labels };
}

/** Returns the sequence of golden/mlp.py: Park & Miller 1988, exact in both languages. */
function wholeNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state;
  };
}
