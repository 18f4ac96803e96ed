import { completeOptions } from "@nn/catalog/testing/complete-options";
import { createRng, ShapeError, type Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { glorot } from "../../initializers/glorot.ts";
import { orthogonal } from "../../initializers/orthogonal.ts";
import { zeros } from "../../initializers/zeros.ts";
import { dense } from "../dense.ts";
import { conv2d } from "../conv2d.ts";
import { gru } from "../gru.ts";
import { lstm } from "../lstm.ts";
import { multiHeadAttention } from "../multi-head-attention.ts";
import { patchEmbedding } from "../patch-embedding.ts";
import { simpleRnn } from "../simple-rnn.ts";
import { transformerEncoder } from "../transformer-encoder.ts";
import { LayerError } from "../../model/layer-error.ts";
import { planModel, type ResolvedLayer, type Model } from "../../model/model.ts";
import { float64ReferenceBackend } from "../../testing/backends.ts";
import { planLayerWithDefaults } from "../../testing/plan-layer-with-defaults.ts";
import {
  GRADIENT_TOLERANCE,
  computeNumericGradient,
  computeRelativeError,
} from "../../testing/gradient-check.ts";
import { sumTerms } from "../../testing/numbers.ts";

const pass = { training: true, step: 0 };

function build(layers: readonly ResolvedLayer[], inputShape: readonly number[]): Model {
  return planModel(layers, inputShape).build({
    backend: float64ReferenceBackend,
    batchSize: 2,
    rng: createRng(3),
    initializer: { definition: glorot, options: { distribution: "normal" } },
    initializers: new Map([orthogonal, zeros].map((each) => [each.type, each] as const)),
  });
}

const units = (options: Record<string, unknown> = {}): ResolvedLayer => ({
  definition: dense,
  options: { units: 4, bias: true, ...options },
});

describe("a layer with its own initializer", () => {
  test("uses it, while other layers use the model's initializer", () => {
    const plain = build([units(), units()], [4]);
    const own = build([units({ initializer: { type: "orthogonal", gain: 2 } }), units()], [4]);
    expect(own.parameters[2]!.value.data).toEqual(plain.parameters[2]!.value.data);
    for (const length of columnLengths(own.parameters[0]!.value)) expect(length).toBeCloseTo(2, 12);
  });

  test("throws LayerError if the initializer does not exist", () => {
    const choices = [units(), units({ initializer: { type: "orthogonl" } })];
    const attempt = (): Model => build(choices, [4]);
    expect(attempt).toThrow(LayerError);
    expect(attempt).toThrow('there is no initializer "orthogonl"');
    expect(attempt).not.toThrow(ShapeError);
  });
});

describe("a regularizer", () => {
  const regularizer = { l1: 0.3, l2: 0.02 };
  const model = build([units({ regularizer }), units()], [4]);
  const [weight, bias] = [model.parameters[0]!, model.parameters[1]!];

  test("adds l1·Σ|w| + l2·Σw² of the weights, not of the biases, as in Keras", () => {
    bias.value.data.fill(5);
    const absolute = sumTerms(weight.value.data, Math.abs);
    const squared = sumTerms(weight.value.data, (w) => w * w);
    expect(model.penalty()).toBeCloseTo(0.3 * absolute + 0.02 * squared, 12);
  });

  test("adds its derivative to the gradient in the backward pass", () => {
    const outputs = model.forward(float64ReferenceBackend.allocate([2, 4]), pass);
    for (const { gradient } of model.parameters) gradient.data.fill(0);
    const dy = float64ReferenceBackend.allocate(outputs.shape); // without a loss, only the penalty remains
    model.backward(dy, pass);
    const numeric = computeNumericGradient(weight.value.data, () => model.penalty());
    expect(computeRelativeError(weight.gradient.data, numeric)).toBeLessThan(GRADIENT_TOLERANCE);
    for (const { gradient } of model.parameters.slice(1))
      expect([...gradient.data].every((g) => g === 0)).toBe(true);
  });

  test("does not change the gradient of a zero weight", () => {
    weight.value.data.fill(0);
    weight.gradient.data.fill(0);
    model.backward(float64ReferenceBackend.allocate([2, 4]), pass);
    expect([...weight.gradient.data].every((g) => g === 0)).toBe(true);
  });

  test("fills in defaults", () => {
    const options = completeOptions(dense, { units: 4, regularizer: { l2: 1 } });
    expect(options).toMatchObject({ regularizer: { l1: 0, l2: 1 } });
  });
});

describe("maxNorm", () => {
  test.each([
    { layer: units({ maxNorm: 0.8 }), inputShape: [5] },
    {
      layer: {
        definition: conv2d,
        options: {
          filters: 4,
          kernelSize: 2,
          stride: 1,
          padding: "valid",
          dilation: 1,
          groups: 1,
          bias: true,
          maxNorm: 0.8,
        },
      },
      inputShape: [4, 4, 3],
    },
  ])(
    "scales down the weights into a neuron or filter with a larger norm, and keeps the others unchanged",
    ({ layer, inputShape }) => {
      const model = build([layer], inputShape);
      const { value } = model.parameters[0]!;
      const columns = value.shape.at(-1) ?? 1;
      for (let i = 0; i < value.data.length; i++) value.data[i] = i % columns === 1 ? 0.01 : i + 1;
      const before = value.data.slice();
      model.constrain();
      const [first, second, ...rest] = columnLengths(value);
      for (const length of [first, ...rest]) expect(length).toBeCloseTo(0.8, 12);
      expect(second).toBeLessThan(0.8);
      const shorter = (_w: number, i: number): boolean => i % columns === 1;
      expect(value.data.filter(shorter)).toEqual(before.filter(shorter));
      expect(value.data[columns]! / value.data[0]!).toBeCloseTo(columns + 1, 12); // same direction
    },
  );

  test("does not change a layer without it", () => {
    const model = build([units()], [4]);
    const before = model.parameters[0]!.value.data.slice();
    model.constrain();
    expect(model.parameters[0]!.value.data).toEqual(before);
    expect(model.penalty()).toBe(0);
  });
});

describe("the weights of composite and recurrent layers", () => {
  const given = {
    initializer: { type: "zeros" },
    regularizer: { l1: 0, l2: 0.5 },
    maxNorm: 2,
  };

  test.each([
    { definition: multiHeadAttention, options: { heads: 2 }, inputShape: [3, 4], weights: 2 },
    { definition: transformerEncoder, options: { heads: 2, hiddenUnits: 6 }, inputShape: [3, 4], weights: 4 },
    { definition: patchEmbedding, options: { patchSize: 2, units: 3 }, inputShape: [4, 4, 1], weights: 1 },
  ])(
    "of $definition.type all use its weight options; biases and norm parameters do not",
    ({ definition, options, inputShape, weights }) => {
      const planOf = (written: Record<string, unknown>) =>
        planLayerWithDefaults(definition, written, inputShape).parameters ?? {};
      const [taking, rest] = [true, false].map((isMatrix) =>
        Object.values(planOf({ ...options, ...given })).filter(
          ({ shape }) => (shape.length === 2) === isMatrix,
        ),
      );
      expect(taking).toHaveLength(weights);
      for (const plan of taking!) expect(plan).toMatchObject(given);
      for (const plan of rest!) for (const name of Object.keys(given)) expect(plan).not.toHaveProperty(name);
      for (const plan of Object.values(planOf(options))) expect(plan.initializer).toBeUndefined();
    },
  );

  test.each([simpleRnn, lstm, gru])(
    "of $type use separate options for the input and the state",
    (definition) => {
      const options = {
        units: 3,
        ...given,
        recurrentInitializer: { type: "orthogonal" },
        recurrentRegularizer: { l1: 0.25 },
        recurrentMaxNorm: 1,
      };
      const { weight, recurrentWeight, ...biases } =
        planLayerWithDefaults(definition, options, [5, 4]).parameters ?? {};
      expect(weight).toMatchObject(given);
      expect(recurrentWeight).toMatchObject({
        initializer: { type: "orthogonal" },
        regularizer: { l1: 0.25, l2: 0 },
        maxNorm: 1,
      });
      for (const plan of Object.values(biases))
        expect(Object.keys(plan).sort()).toEqual(["initialization", "shape"]);
    },
  );

  test("of an lstm use their initializers: orthogonal for the state, zeros for the input", () => {
    const options = completeOptions(lstm, {
      units: 3,
      initializer: { type: "zeros" },
      recurrentInitializer: { type: "orthogonal", gain: 1 },
    });
    const [weight, recurrentWeight] = build([{ definition: lstm, options }], [5, 4]).parameters;
    expect(weight!.value.data.every((w) => w === 0)).toBe(true);
    const { data } = recurrentWeight!.value; // as in Keras, its rows are orthonormal
    for (const i of [0, 1, 2]) {
      for (const j of [0, 1, 2]) {
        const product = sumTerms(data.subarray(12 * i, 12 * i + 12), (w, k) => w * data[12 * j + k]!);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });
});

function columnLengths({ shape, data }: Tensor): number[] {
  const columns = shape.at(-1) ?? 1;
  return Array.from({ length: columns }, (_, column) =>
    Math.sqrt(sumTerms(data, (w, i) => (i % columns === column ? w * w : 0))),
  );
}
