import type { LayerBlock } from "@nn/layers";
import { createRng, type Rng, type Shape } from "@nn/tensor";

import type { LayerNetwork } from "./layer-networks.ts";

/** Layers that keep the shape of any input. */
const ANYWHERE: readonly LayerBlock[] = [
  { type: "relu" },
  { type: "gelu" },
  { type: "softmax" },
  { type: "prelu", perChannel: true },
  { type: "batch-norm" },
  { type: "layer-norm" },
  { type: "rms-norm" },
  { type: "group-norm", groups: 2 },
  { type: "dropout" },
  { type: "residual", layers: [{ type: "tanh" }] },
  { type: "parallel", join: "add", branches: [[{ type: "silu" }], [{ type: "batch-norm" }]] },
];

const same = { type: "conv2d", filters: 4, kernelSize: 3, padding: "same" };

/** Layers that convert images of four channels to images of four channels. */
const ON_IMAGES: readonly LayerBlock[] = [
  ...ANYWHERE,
  same,
  { ...same, groups: 2, bias: false },
  { ...same, stride: 2 },
  { type: "max-pool2d", poolSize: 2, padding: "same" },
  { type: "average-pool2d", poolSize: 3, stride: 1, padding: 1 },
  {
    type: "pad",
    padding: [
      [1, 0],
      [0, 2],
    ],
  },
  { type: "permute", axes: [1, 0, 2] },
  { type: "layer-norm", axes: 3 },
  { type: "residual", layers: [same, { type: "batch-norm" }] },
  { type: "residual", layers: [{ type: "relu" }], shortcut: [same] },
  { type: "repeat", times: 2, layers: [same, { type: "elu" }] },
  {
    type: "parallel",
    branches: [[{ ...same, filters: 2 }], [{ ...same, filters: 2 }, { type: "softplus" }]],
  },
];

/** Layers that convert sequences of four features to sequences of four features. */
const ON_SEQUENCES: readonly LayerBlock[] = [
  ...ANYWHERE,
  { type: "gru", units: 4, returnSequences: true },
  { type: "lstm", units: 4, returnSequences: true },
  { type: "simple-rnn", units: 4, returnSequences: true },
  { type: "multi-head-attention", heads: 2, causal: true },
  { type: "transformer-encoder", heads: 2, hiddenUnits: 6 },
  { type: "position-embedding" },
];

/** The layers that convert images to sequences or rows. */
const TO_SEQUENCE: readonly LayerBlock[] = [
  { type: "reshape", shape: [-1, 4] },
  { type: "patch-embedding", patchSize: 1, units: 4 },
];

/**
 * Creates `count` networks of random layers, to test sequences of layers. In ONNX, images may be in
 * channels-first or channels-last order. The same seed gives the same networks.
 */
export function createRandomNetworks(count: number, seed: number): LayerNetwork[] {
  return Array.from({ length: count }, (_, k) => {
    const rng = createRng(seed).fork(`${k}`);
    const inputShape: Shape = [5 + integer(rng, 4), 5 + integer(rng, 4), 4];
    const images = Array.from({ length: integer(rng, 6) }, () => pick(rng, ON_IMAGES));
    const sequences = Array.from({ length: integer(rng, 4) }, () => pick(rng, ON_SEQUENCES));
    const end = rng.uniform() < 0.3 ? [{ type: "global-average-pool1d" }] : [{ type: "flatten" }];
    const layers =
      rng.uniform() < 0.5
        ? [...images, pick(rng, TO_SEQUENCE), ...sequences, ...end]
        : [...images, rng.uniform() < 0.5 ? { type: "global-average-pool2d" } : { type: "flatten" }];
    return { name: `random ${k + 1}`, inputShape, layers };
  });
}

function integer(rng: Rng, below: number): number {
  return Math.floor(below * rng.uniform());
}

function pick<Item>(rng: Rng, items: readonly Item[]): Item {
  return items[integer(rng, items.length)]!;
}
