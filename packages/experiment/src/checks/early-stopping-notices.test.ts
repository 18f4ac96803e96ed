import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-early-stopping-notices-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function noticesFor(part: object): Promise<readonly string[]> {
  const file = join(folder, "experiment.yaml");
  const experiment = {
    name: "stopping",
    dataset: { type: "mnist", validation: 1000 },
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
    optimizer: { type: "sgd" },
    ...part,
  };
  writeFileSync(file, JSON.stringify(experiment));
  return (await loadExperimentPlan(file)).notices;
}

test.each([
  [1, 1, "1 epoch"],
  [2, 1, "2 epochs"],
  [3, 2, "3 epochs"],
  [3, 9, "3 epochs"],
])("in %i epochs, a patience of %i cannot stop training before its end", async (epochs, patience, length) => {
  expect(await noticesFor({ training: { epochs, earlyStopping: { patience } } })).toEqual([
    `training.earlyStopping cannot stop a training run of ${length}, because its patience is ${patience}; ` +
      "it still restores the weights of the best epoch",
  ]);
});

test("a patience that can stop training in the last epoch but one gives no notice", async () => {
  expect(await noticesFor({ training: { epochs: 3, earlyStopping: { patience: 1 } } })).toEqual([]);
});

test.each([
  [
    4,
    3,
    "its patience is 3, but pbt restarts the count every 4 epochs; make patience smaller than the interval − 1",
  ],
  [
    2,
    1,
    "its patience is 1, but pbt restarts the count every 2 epochs; make the interval at least patience + 2",
  ],
  [
    1,
    1,
    "its patience is 1, but pbt restarts the count every epoch; make the interval at least patience + 2",
  ],
  [4, 2, undefined],
])(
  "with pbt and the interval %i, a patience of %i gives the notice %s",
  async (interval, patience, notice) => {
    const sweep = {
      sampler: { type: "pbt", population: 2, interval },
      parameters: { "optimizer.learningRate": { type: "float", min: 0.01, max: 0.1 } },
    };
    expect(await noticesFor({ training: { epochs: 12, earlyStopping: { patience } }, sweep })).toEqual(
      notice === undefined ? [] : [`training.earlyStopping never stops a trial: ${notice}`],
    );
  },
);
