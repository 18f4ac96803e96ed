import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-batches-"));
afterAll(() => rmSync(folder, { recursive: true }));

const withNorm = ["{ type: dense, units: 4 }", "{ type: batch-norm }", "{ type: dense, units: 10 }"];

/** Returns the notices about an experiment with 60000 − `validation` training images. */
async function notices(setting: {
  readonly layers?: readonly string[];
  readonly loss?: string;
  readonly augment?: string;
  readonly validation?: number;
  readonly training: string;
}): Promise<readonly string[]> {
  const { layers = withNorm, loss = "", augment = "", validation = 10_000, training } = setting;
  const file = join(folder, "spec.yaml");
  writeFileSync(
    file,
    `name: small
dataset: { type: mnist, validation: ${validation} }
model:
  layers: [{ type: flatten }, ${layers.join(", ")}]
loss: { type: cross-entropy${loss} }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 1, ${training} }
augment: [${augment}]
`,
  );
  return (await loadExperimentPlan(file)).notices;
}

test("a last batch of one image, which batch-norm cannot normalize, gives a notice", async () => {
  expect(await notices({ validation: 59_951, training: "batchSize: 12" })).toEqual([
    "the last batch of each epoch has 1 image (49 images in batches of 12), and model.layers[2] " +
      "(batch-norm) cannot normalize a single image: this batch does not update the running averages, and no " +
      "earlier layer learns from it; training.batchSize: 13 avoids it",
  ]);
  // 49 images in batches of 12 or 16 leave one.
  expect(await notices({ validation: 59_951, training: "batchSize: 16" })).toEqual([
    expect.stringContaining("training.batchSize: 17 avoids it"),
  ]);
});

test.each([
  { validation: 59_952, training: "batchSize: 12" },
  { validation: 59_950, training: "batchSize: 12" },
  { validation: 59_951, training: "batchSize: 13" },
  {
    validation: 59_951,
    training: "batchSize: 12",
    layers: ["{ type: layer-norm }", "{ type: dense, units: 10 }"],
  },
])("any other last batch gives no notice, %o", async (setting) => {
  expect(await notices(setting)).toEqual([]);
});

test("a norm inside another layer is named by its path", async () => {
  const inner = "{ type: residual, layers: [{ type: batch-norm }, { type: relu }] }";
  const layers = [
    "{ type: repeat, times: 2, layers: [{ type: tanh }, " + inner + "] }",
    "{ type: dense, units: 10 }",
  ];
  expect(await notices({ validation: 59_951, training: "batchSize: 12", layers })).toEqual([
    expect.stringContaining(
      "model.layers[1].layers[1].layers[0] (batch-norm) cannot normalize a single image",
    ),
  ]);
});

test.each(["mixup", "cutmix"])("%s in batches of one image gives a notice", async (type) => {
  const layers = ["{ type: dense, units: 10 }"];
  const augment = `{ type: ${type} }, { type: flip }`;
  expect(await notices({ layers, augment, training: "batchSize: 1" })).toEqual([
    `with training.batchSize: 1, the augmentation ${type} has no effect: it mixes each image with the next one of ` +
      "its batch, which is the image itself; use larger batches",
  ]);
  expect(await notices({ layers, augment, training: "batchSize: 2" })).toEqual([]);
});

const uneven = ", classWeights: [1, 1, 1, 1, 1, 1, 1, 1, 2, 2]";
const plain = ["{ type: dense, units: 10 }"];

test("class weights with batches of one image give a notice, because they cancel in each mean", async () => {
  expect(await notices({ layers: plain, loss: uneven, training: "batchSize: 1" })).toEqual([
    expect.stringMatching(/^with training\.batchSize: 1, the weights of the loss have no effect: /),
  ]);
});

test.each([
  { loss: uneven, training: "batchSize: 1, accumulate: 8" },
  { loss: uneven, training: "batchSize: 2" },
  { loss: ", classWeights: [3, 3, 3, 3, 3, 3, 3, 3, 3, 3]", training: "batchSize: 1" },
  { loss: ", labelSmoothing: 0.1", training: "batchSize: 1" },
])("class weights that have an effect, or are equal, give no notice, %o", async (setting) => {
  expect(await notices({ layers: plain, ...setting })).toEqual([]);
});
