import { exp, log, type Backend, type FloatArray, type Tensor } from "@nn/tensor";

import type { LayerDefinition } from "../../src/definition.ts";
import { batchNorm } from "../../src/layers/batch-norm.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { multiHeadAttention } from "../../src/layers/multi-head-attention.ts";
import { crossEntropy } from "../../src/losses/cross-entropy.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { float64ReferenceBackend } from "../../src/testing/backends.ts";
import { computeNumericGradient } from "../../src/testing/gradient-check.ts";
import { buildLayer, runLayer, type LayerUnderTest } from "../../src/testing/layer-under-test.ts";
import { sumTerms } from "../../src/testing/numbers.ts";
import type { Page } from "./page.ts";

/** Arrays of numbers, by their names on a page. */
export type ComputedNumbers = Record<string, FloatArray | readonly number[]>;

/** The functions that compute the numbers of a page. */
export interface Example {
  /** Computes all other numbers of the page from its inputs, with the code of this project. */
  compute(page: Page, backend: Backend): ComputedNumbers;
  /** Computes some of the numbers independently: by central differences or the formula of the paper. */
  independently(page: Page): ComputedNumbers;
}

const normalized = ofLayer(batchNorm, {}, { weight: "γ", bias: "β" });

/** The examples by the names of their pages. */
export const examples: Readonly<Record<string, Example>> = {
  dense: ofLayer(dense, { units: 2 }, { weight: "W", bias: "b" }),
  conv2d: ofLayer(conv2d, { filters: 1, kernelSize: 2 }, { weight: "W", bias: "b" }),

  "batch-norm": {
    ...normalized,
    compute(page, backend) {
      const perChannel = (): Tensor => backend.allocate([1, 2]);
      const [mean, variance, sum, projection] = [perChannel(), perChannel(), perChannel(), perChannel()];
      const [x, dy] = [page.tensor(backend, "x"), page.tensor(backend, "dy")];
      backend.channelMoments({ x, mean, variance });
      backend.channelGradientSums({ x, dy, mean, sum, projection });
      const r = Array.from(variance.data, (value) => 1 / Math.sqrt(value + 1e-5));
      const scale = perChannel();
      scale.data.set(r);
      const xHat = backend.allocate(x.shape);
      backend.normalizeChannels({ x, mean, scale, shift: backend.allocate([2]), out: xHat });
      return {
        ...normalized.compute(page, backend),
        μ: mean.data,
        "σ²": variance.data,
        r,
        x̂: xHat.data,
      };
    },
  },

  "softmax-cross-entropy": {
    compute(page, backend) {
      const { shape } = page.tensor(backend, "z");
      const p = backend.allocate(shape);
      backend.softmax({ x: page.tensor(backend, "z"), columns: shape[1]!, scale: 1, out: p });
      const loss = crossEntropy.build(
        { labelSmoothing: 0 },
        { backend, batchSize: 2, outputShape: [shape[1]!] },
      );
      const labels = backend.allocateIntegers(2);
      labels.set(page.numbers("labels"));
      return { p: p.data, loss: [loss.forward(page.tensor(backend, "z"), labels)], dz: loss.backward().data };
    },
    independently(page) {
      // The plain formula, without subtracting the maximum, because these numbers do not overflow.
      const z = page.tensor(float64ReferenceBackend, "z");
      const [N = 0, C = 0] = z.shape;
      const labels = page.numbers("labels");
      const meanLoss = (): number => {
        const losses = labels.map((label, n) => {
          const e = Array.from(z.data.subarray(n * C, (n + 1) * C), exp);
          return -log(e[label]! / e.reduce((sum, value) => sum + value, 0));
        });
        return losses.reduce((sum, value) => sum + value, 0) / N;
      };
      return { loss: [meanLoss()], dz: computeNumericGradient(z.data, meanLoss) };
    },
  },

  attention: {
    compute(page, backend) {
      const [T, D] = [2, 2];
      const built = attentionOf(page, backend);
      const [x, dy] = [page.tensor(backend, "x"), page.tensor(backend, "dy")];
      const run = runLayer(built, backend, x, dy, { training: true, step: 0 });
      const result: Record<string, Tensor> = {};
      const product = (
        name: string,
        a: Tensor,
        b: Tensor,
        transposed: { a?: true; b?: true } = {},
      ): Tensor => {
        const out = backend.allocate([T, D]);
        const { a: transposeA = false, b: transposeB = false } = transposed;
        backend.gemm({ a, b, transposeA, transposeB, out });
        return (result[name] = out);
      };
      const matrix = (name: string): Tensor => ({ ...page.tensor(backend, name), shape: [T, D] });
      const [Wqkv, Wout] = [page.numbers("Wqkv"), matrix("Wout")];
      const [q, k, v] = ["q", "k", "v"].map((name, part) => {
        const W = backend.allocate([D, D]);
        W.data.set(W.data.map((_, i) => Wqkv[Math.floor(i / D) * 3 * D + part * D + (i % D)]!));
        return product(name, matrix("x"), W);
      });
      const scale = 1 / Math.sqrt(D);
      const P = (result["P"] = backend.allocate([T, T]));
      backend.softmax({ x: product("S", q!, k!, { b: true }), columns: T, scale, out: P });
      product("h", P, v!);
      const dh = product("dh", matrix("dy"), Wout, { b: true });
      product("dv", P, dh, { a: true });
      const dS = (result["dS"] = backend.allocate([T, T]));
      backend.softmaxBackward({ y: P, dy: product("dP", dh, v!, { b: true }), columns: T, scale, out: dS });
      product("dq", dS, k!);
      product("dk", dS, q!, { a: true });
      const { y, dx } = run;
      const parts = Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, data]));
      return { ...parts, y: y!, dx: dx!, dWqkv: run["dqkv.weight"]!, dWout: run["doutput.weight"]! };
    },
    independently: (page) =>
      centralDifferences(page, attentionOf(page, float64ReferenceBackend), {
        "qkv.weight": "Wqkv",
        "output.weight": "Wout",
      }),
  },

  adam: {
    compute(page, backend) {
      const parameter = {
        name: "w",
        value: page.tensor(backend, "w"),
        gradient: backend.allocate(page.shape("w")),
      };
      const optimizer = adam.build(adamOptions(page), { backend, parameters: [parameter] });
      const computed: ComputedNumbers = {};
      for (const t of [1, 2]) {
        parameter.gradient.data.set(page.numbers(`g${t}`));
        optimizer.step(1);
        const [m, v] = optimizer.state[0]!.tensors.map(({ value }) => value.data.slice());
        Object.assign(computed, { [`m${t}`]: m, [`v${t}`]: v, [`w${t}`]: parameter.value.data.slice() });
      }
      return computed;
    },
    independently(page) {
      // Kingma & Ba 2015, Algorithm 1, line by line, with bias-corrected moments.
      const { learningRate, beta1, beta2, epsilon } = adamOptions(page);
      let [w, m, v] = [page.numbers("w"), [0, 0], [0, 0]];
      const computed: ComputedNumbers = {};
      for (const t of [1, 2]) {
        const g = page.numbers(`g${t}`);
        m = m.map((value, i) => beta1 * value + (1 - beta1) * g[i]!);
        v = v.map((value, i) => beta2 * value + (1 - beta2) * g[i]! ** 2);
        const mHat = m.map((value) => value / (1 - beta1 ** t));
        const vHat = v.map((value) => value / (1 - beta2 ** t));
        w = w.map((value, i) => value - (learningRate * mHat[i]!) / (Math.sqrt(vHat[i]!) + epsilon));
        Object.assign(computed, { [`m${t}`]: m, [`v${t}`]: v, [`w${t}`]: w });
      }
      return computed;
    },
  },
};

/**
 * An example with y, dx and the gradients of a layer. `names` maps the parameters to their names on the page.
 */
function ofLayer(
  definition: LayerDefinition,
  options: Record<string, unknown>,
  names: Readonly<Record<string, string>>,
): Example {
  const build = (page: Page, backend: Backend): LayerUnderTest =>
    layerOf(page, backend, definition, options, names);
  return {
    compute(page, backend) {
      const [x, dy] = [page.tensor(backend, "x"), page.tensor(backend, "dy")];
      const { y, dx, ...gradients } = runLayer(build(page, backend), backend, x, dy, {
        training: true,
        step: 0,
      });
      const renamed = Object.entries(names).map(
        ([own, name]) => [`d${name}`, gradients[`d${own}`]!] as const,
      );
      return { y: y!, dx: dx!, ...Object.fromEntries(renamed) };
    },
    independently: (page) => centralDifferences(page, build(page, float64ReferenceBackend), names),
  };
}

/** Builds the layer with the parameters of the page. */
function layerOf(
  page: Page,
  backend: Backend,
  definition: LayerDefinition,
  options: Record<string, unknown>,
  names: Readonly<Record<string, string>>,
): LayerUnderTest {
  const [batchSize = 1, ...inputShape] = page.shape("x");
  const built = buildLayer(definition, { options, inputShape }, { backend, batchSize });
  for (const [own, name] of Object.entries(names)) {
    built.parameters.get(own)!.value.data.set(page.numbers(name));
  }
  return built;
}

function attentionOf(page: Page, backend: Backend): LayerUnderTest {
  const names = { "qkv.weight": "Wqkv", "output.weight": "Wout" };
  return layerOf(page, backend, multiHeadAttention, { bias: false }, names);
}

/** Returns the gradients of loss = Σ y·dy, whose ∂loss/∂y is dy, by central differences. */
function centralDifferences(
  page: Page,
  { layer, parameters }: LayerUnderTest,
  names: Readonly<Record<string, string>>,
): ComputedNumbers {
  const x = page.tensor(float64ReferenceBackend, "x");
  const dy = page.numbers("dy");
  const loss = (): number =>
    sumTerms(layer.forward(x, { training: true, step: 0 }).data, (y, i) => y * dy[i]!);
  const gradients = Object.entries(names).map(
    ([own, name]) => [`d${name}`, computeNumericGradient(parameters.get(own)!.value.data, loss)] as const,
  );
  return { dx: computeNumericGradient(x.data, loss), ...Object.fromEntries(gradients) };
}

function adamOptions(page: Page) {
  return {
    learningRate: page.number("α"),
    beta1: page.number("β₁"),
    beta2: page.number("β₂"),
    epsilon: 1e-8,
    weightDecay: 0,
  };
}
