import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { ExperimentError } from "../errors/problem.ts";
import { loadExperiment } from "../load-experiment.ts";
import type { Experiment } from "../experiment.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-substitute-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function load(parameters: object, training: object = { epochs: 4 }): Promise<Experiment> {
  const file = join(folder, "sweep.yaml");
  const experiment = {
    name: "on-and-off",
    dataset: { type: "mnist", validation: 1000 },
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
    optimizer: { type: "sgd" },
    training,
    sweep: { sampler: { type: "grid" }, metric: "validation.loss", parameters },
  };
  writeFileSync(file, JSON.stringify(experiment));
  return loadExperiment(file);
}

test("null leaves a key out, in an experiment with the key and in one without it", async () => {
  const stopping = { metric: "loss", patience: 2, minDelta: 0 };
  for (const own of [{}, { earlyStopping: { metric: "accuracy", patience: 1 } }]) {
    const { trials } = await load({ "training.earlyStopping": [null, stopping] }, { epochs: 4, ...own });
    expect(trials.map(({ spec }) => spec.training.earlyStopping)).toEqual([undefined, stopping]);
    expect(trials.map(({ parameters }) => parameters["training.earlyStopping"])).toEqual([
      null,
      JSON.stringify(stopping),
    ]);
  }
});

test("null leaves out an option of a block, and a part that several paths sweep", async () => {
  const { trials } = await load({
    "training.clipNorm": [null, 1],
    "training.lookahead": [{ steps: 3 }, null],
  });
  expect(trials.map(({ spec }) => [spec.training.clipNorm, spec.training.lookahead?.steps])).toEqual([
    [undefined, 3],
    [undefined, undefined],
    [1, 3],
    [1, undefined],
  ]);
});

test.each(["schedule", "optimizer.learningRate", "training.batchSize", "loss"])(
  "null for %s, which has a default, is refused",
  async (path) => {
    const loading = load({ [path]: [null] });
    await expect(loading).rejects.toBeInstanceOf(ExperimentError);
    await expect(loading).rejects.toThrow(`${path} cannot be empty`);
  },
);

test("null for a required key is refused", async () => {
  await expect(load({ "model.layers[1].units": [null] })).rejects.toThrow('the key "units" is missing');
});
