import type { Augmenter, ImageBatch } from "@nn/mnist";
import { train } from "@nn/training";
import { createSilentObserver, createToyTraining, toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import { createAugmentedImages } from "./augmented-images.ts";

/** Records every image (2 × 2) that the training receives, as bytes: epoch and example → the image. */
function watched(augmenter: Augmenter): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  const apply = augmenter.apply.bind(augmenter);
  augmenter.apply = (batch: ImageBatch, epoch, start) => {
    apply(batch, epoch, start);
    for (const [n, example] of batch.examples.entries()) {
      const pixels = batch.images.data.subarray(4 * n, 4 * n + 4);
      seen.set(
        `${epoch} ${example}`,
        Array.from(pixels, (pixel) => Math.round(255 * pixel)),
      );
    }
  };
  return seen;
}

test.each([
  [
    "transformed and noisy",
    [
      { type: "shift", pixels: 1 },
      { type: "noise", deviation: 0.1 },
    ],
    true,
  ],
  [
    "mixed with the next image of their batch",
    [
      { type: "mixup", alpha: 1 },
      { type: "cutmix", alpha: 1 },
    ],
    true,
  ],
  ["in the order of the file", [{ type: "mixup", alpha: 1 }], false],
])("images that are %s are the same as in training", async (_how, augment, shuffle) => {
  const spec = { ...toySpec, augment, training: { ...toySpec.training, shuffle } };
  const { network, config } = await createToyTraining(spec);
  const seen = watched(config.augmenter!);
  await train(network, config, createSilentObserver());

  const { split: training, images } = config;
  const shown = createAugmentedImages({ training, images }, { spec, seed: 1 }, 6, [2, 3]);
  expect(shown.map(({ versions }) => versions.map((version) => [...version]))).toEqual(
    [0, 1, 2, 3, 4, 5].map((example) => [2, 3].map((epoch) => seen.get(`${epoch} ${example}`))),
  );
  expect(shown.flatMap(({ original }) => Array.from(original))).toEqual([...training.images.subarray(0, 24)]);
});
