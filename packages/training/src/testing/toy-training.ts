import type { LayerWrapper } from "@nn/layers";
import { InMemorySplit, type Split } from "@nn/mnist";
import { createReferenceBackend, createRng, type Backend } from "@nn/tensor";

import type { TrialSpec } from "../trial-spec.ts";
import { createAugmenter } from "../data/augmentation.ts";
import { buildNetwork, type Network } from "../network.ts";
import { Yielder } from "../step/yielder.ts";
import type { EpochMetrics, TrainingConfig, TrainingObserver } from "../train.ts";

/**
 * Returns images of 2 × 2 pixels of three classes. The class is the index of the bright pixel among the first
 * three.
 */
export function createToySplit(count: number): Split {
  const rng = createRng(5).fork("toy");
  const images = new Uint8Array(count * 4);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    labels[n] = rng.integer(3);
    for (let pixel = 0; pixel < 4; pixel++) images[4 * n + pixel] = rng.integer(120);
    images[4 * n + labels[n]!] = 200 + rng.integer(56);
  }
  return { images, labels, count };
}

/** A network of two dense layers for the images of `createToySplit`. */
export const toySpec: TrialSpec = {
  dataset: { type: "mnist", validation: 0, normalize: false },
  model: {
    initializer: { type: "he", distribution: "normal" },
    layers: [
      { type: "flatten" },
      { type: "dense", units: 6, bias: true },
      { type: "relu" },
      { type: "dense", units: 3, bias: true },
    ],
  },
  loss: { type: "cross-entropy" },
  optimizer: { type: "sgd", learningRate: 0.5, momentum: 0, nesterov: false, weightDecay: 0 },
  schedule: { type: "constant", warmup: { epochs: 0, steps: 0, from: 0 } },
  training: { epochs: 3, batchSize: 7, shuffle: true },
};

/** A network and the configuration of its training. */
export interface ToyTraining {
  readonly network: Network;
  readonly config: TrainingConfig;
}

/** Returns a small network and its training configuration, with 40 images by default. */
export async function createToyTraining(
  changes: Partial<TrialSpec> = {},
  {
    backend = createReferenceBackend("float32"),
    split = createToySplit(40),
    seed = 1,
    wrapLayer,
  }: { backend?: Backend; split?: Split; seed?: number; wrapLayer?: LayerWrapper } = {},
): Promise<ToyTraining> {
  const spec = { ...toySpec, ...changes };
  const inputShape = [2, 2, 1];
  const rng = createRng(seed);
  const network = await buildNetwork(spec, {
    backend,
    inputShape,
    classes: 3,
    batchSize: 1000,
    rng: rng.fork("model"),
    experimentFolder: "/",
    wrapLayer,
  });
  const images = Int32Array.from({ length: split.count }, (_, index) => index);
  const inMemory = new InMemorySplit(backend, split, inputShape);
  const config = {
    ...spec.training,
    split: inMemory,
    images,
    augmenter: createAugmenter(spec, inMemory, rng.fork("augment")),
    rng: rng.fork("shuffle"),
    spec,
  };
  return { network, config };
}

/** Returns an observer that does nothing. By default, its clock always returns 0. */
export function createSilentObserver(
  clock: () => number = () => 0,
  onProgress: TrainingObserver["onProgress"] = () => {},
): TrainingObserver {
  const onEpoch = (_measures: EpochMetrics): void => {};
  return { yielder: new Yielder(clock), onEpochStart: () => {}, onProgress, onLearned: () => {}, onEpoch };
}

/** Returns all parameters by name, to compare networks to the bit. */
export function copyWeights({ model }: Network): Record<string, number[]> {
  return Object.fromEntries(model.parameters.map(({ name, value }) => [name, [...value.data]]));
}
