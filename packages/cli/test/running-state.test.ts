import { join } from "node:path";

import { readSafetensors } from "@nn/results";
import { expect, test } from "vitest";

import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

const spec = `
name: normalized
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: reshape, shape: [28, 28] }
    - { type: permute, axes: [1, 0] }
    - { type: layer-norm }
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: batch-norm }
    - { type: gelu }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: 5, batchSize: 32 }
`;

test("running averages are updated in training, used in evaluation, and saved", async () => {
  const folder = prepare(spec);
  const { code } = await folder.run();
  expect(code).toBe(0);
  const accuracy = Number(folder.read("results.csv", "normalized").trim().split(",").at(-1));
  expect(accuracy).toBeGreaterThan(0.7); // guessing: 0.1

  const { tensors } = readSafetensors(join(folder.runFolder("normalized"), "trials/1/model.safetensors"));
  expect([...tensors.keys()]).toEqual([
    "layers.2.bias",
    "layers.2.weight",
    "layers.4.bias",
    "layers.4.weight",
    "layers.5.bias",
    "layers.5.runningMean",
    "layers.5.runningVariance",
    "layers.5.weight",
    "layers.7.bias",
    "layers.7.weight",
  ]);
  // The running mean and variance start at 0 and 1, and have changed.
  const { data } = tensors.get("layers.5.runningMean")!;
  expect(data.every((mean) => mean !== 0)).toBe(true);
});
