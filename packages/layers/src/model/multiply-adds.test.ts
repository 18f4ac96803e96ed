import { completeOptions } from "@nn/catalog/testing/complete-options";
import { createReferenceBackend, createRng, type Backend, type Shape, type Tensor } from "@nn/tensor";
import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import type { LayerInfo } from "../definition.ts";
import { glorot } from "../initializers/glorot.ts";
import { planModel } from "./model.ts";
import { countBackwardMultiplyAdds } from "./multiply-adds.ts";
import { resolveLayer, type LayerBlock } from "./nested-layers.ts";

const N = 2;
const reference = createReferenceBackend("float32");
const source = { find: (type: string) => layers.get(type)!, complete: completeOptions };

/** A backend that counts the multiply-adds of its products. */
function countingBackend(): { readonly backend: Backend; readonly take: () => number } {
  let count = 0;
  const size = ({ data }: Tensor): number => data.length;
  const filters = ({ shape }: Tensor): number => shape.at(-1)!;
  const backend: Backend = {
    ...reference,
    gemm(product) {
      const { a, b, out } = product;
      // A (M, K), B (K, N) and out (M, N) have (M·K·N)² numbers in a product of their sizes.
      count += Math.sqrt(size(a) * size(b) * size(out));
      reference.gemm(product);
    },
    gemmBlocks(products) {
      const { outer, inner, M, K } = products;
      count += outer * inner * M * products.N * K;
      reference.gemmBlocks(products);
    },
    convolve(convolution) {
      const { out, weight } = convolution;
      count += (size(out) * size(weight)) / filters(weight);
      reference.convolve(convolution);
    },
    convolveInputGradient(gradient) {
      const { dy, weight } = gradient;
      count += (size(dy) * size(weight)) / filters(weight);
      reference.convolveInputGradient(gradient);
    },
    convolveWeightGradient(gradient) {
      const { dy, dw } = gradient;
      count += (size(dy) * size(dw)) / filters(dw);
      reference.convolveWeightGradient(gradient);
    },
  };
  return {
    backend,
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}

/** Returns the multiply-adds of one example: the planned ones, and those that the passes compute. */
function multiplyAddsOf(blocks: readonly LayerBlock[], inputShape: Shape) {
  const { backend, take } = countingBackend();
  const places: LayerInfo[] = [];
  const plan = planModel(
    blocks.map((block) => resolveLayer(block, source)),
    inputShape,
  );
  const model = plan.build({
    backend,
    batchSize: N,
    rng: createRng(1),
    initializer: { definition: glorot, options: { distribution: "normal" } },
    wrapLayer(layer, place) {
      // The path of a nested layer starts with a name.
      if (typeof place.path[0] === "number") places.push(place);
      return layer;
    },
  });
  const x = backend.allocate([N, ...inputShape]);
  const pass = { training: true, step: 0 };
  model.forward(x, pass);
  const forward = take() / N;
  model.backward(backend.allocate([N, ...plan.outputShape]), pass);
  const backward = take() / N;
  const sum = (countOf: (place: LayerInfo) => number): number =>
    places.reduce((total, place) => total + countOf(place), 0);
  return {
    planned: {
      forward: sum((place) => place.plan.multiplyAdds ?? 0),
      backward: sum((place) => countBackwardMultiplyAdds(place.plan, place.needsInputGradient)),
    },
    computed: { forward, backward },
  };
}

const sequences: readonly LayerBlock[] = [
  { type: "lstm", units: 5 },
  { type: "gru", units: 5, returnSequences: true },
  { type: "simple-rnn", units: 5 },
  { type: "multi-head-attention", heads: 2 },
  { type: "transformer-encoder", heads: 2, hiddenUnits: 7 },
  { type: "transformer-encoder", heads: 2, hiddenUnits: 7, normalize: "after" },
];
const vectors: readonly LayerBlock[] = [
  { type: "dense", units: 3 },
  { type: "residual", layers: [{ type: "relu" }, { type: "dense", units: 6 }] },
  { type: "residual", layers: [{ type: "dense", units: 3 }], shortcut: [{ type: "dense", units: 3 }] },
  { type: "parallel", branches: [[{ type: "dense", units: 2 }], [{ type: "relu" }]] },
  { type: "repeat", times: 3, layers: [{ type: "dense", units: 6 }, { type: "relu" }] },
];
const images: readonly LayerBlock[] = [
  { type: "conv2d", filters: 4, kernelSize: 3 },
  { type: "conv2d", filters: 4, kernelSize: 2, groups: 2 },
  { type: "patch-embedding", patchSize: 3, units: 4 },
];
const configurations = [
  ...sequences.map((block) => ({ block, inputShape: [4, 6] })),
  ...vectors.map((block) => ({ block, inputShape: [6] })),
  ...images.map((block) => ({ block, inputShape: [6, 6, 2] })),
];

test.for(configurations)("the planned multiply-adds are computed: first layer $block", (configuration) => {
  const { planned, computed } = multiplyAddsOf([configuration.block], configuration.inputShape);
  expect(computed.backward).toBeGreaterThan(0);
  expect(planned).toEqual(computed);
});

test.for(configurations)("the planned multiply-adds are computed: later layer $block", (configuration) => {
  const { block, inputShape } = configuration;
  // A layer with parameters but without products, so the next layer must compute its input gradient.
  const { planned, computed } = multiplyAddsOf([{ type: "layer-norm" }, block], inputShape);
  expect(planned).toEqual(computed);
  expect(planned.backward).toBe(2 * planned.forward);
});
