import { expect, test } from "vitest";

import { loadExperiment } from "@nn/experiment";
import {
  experimentsFolder as folder,
  listProjectExperiments,
} from "@nn/experiment/testing/project-experiments";

test("README.md has a table of the experiments to start from", () => {
  expect(listProjectExperiments()).toEqual(expect.arrayContaining(["quickstart.yaml", "original.yaml"]));
});

test.for(listProjectExperiments())("experiments/%s is valid and named like its file", async (file) => {
  const { name, description } = await loadExperiment(`${folder}${file}`);
  expect(`${name}.yaml`).toBe(file);
  expect(description).not.toBe("");
});

test("original.yaml has the settings of the original project", async () => {
  const { trials } = await loadExperiment(`${folder}original.yaml`);
  expect(trials.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  expect(trials[0]!.spec).toMatchObject({
    dataset: { type: "mnist", validation: "test" },
    model: {
      initializer: { type: "he" },
      layers: [{}, { type: "dense", units: 16 }, { type: "relu" }, { units: 10 }],
    },
    loss: { type: "cross-entropy" },
    optimizer: { type: "sgd", learningRate: 0.01, momentum: 0, weightDecay: 0 },
    training: { epochs: 10, batchSize: 100, shuffle: false },
  });
});

test("mnist-mlp-sweep.yaml is a grid of 12 configurations with two seeds each", async () => {
  const { trials, repeats } = await loadExperiment(`${folder}mnist-mlp-sweep.yaml`);
  expect(repeats).toBe(2);
  expect(trials).toHaveLength(24);
});
