import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-metric-notices-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function noticesFor(metric: string, parameters: object): Promise<readonly string[]> {
  const file = join(folder, "experiment.yaml");
  const experiment = {
    name: "ranking",
    dataset: { type: "mnist", validation: 1000 },
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
    optimizer: { type: "sgd" },
    training: { epochs: 2 },
    sweep: { sampler: { type: "grid" }, metric, parameters },
  };
  writeFileSync(file, JSON.stringify(experiment));
  return (await loadExperimentPlan(file)).notices;
}

test.each([
  ["loss.labelSmoothing", [0, 0.1]],
  ["loss", [{ type: "cross-entropy" }, { type: "focal" }]],
  ["model.layers[1].regularizer", [null, { l2: 0.1 }]],
  ["model.layers[1].regularizer.l2", [0.01, 0.1]],
])(
  "a sweep of %s that ranks by the loss gets a notice, one that ranks by the accuracy does not",
  async (path, values) => {
    expect(await noticesFor("validation.loss", { [path]: values })).toEqual([
      `the sweep ranks by validation.loss but also sweeps ${path}, so the losses of its trials are not ` +
        "comparable; rank by validation.accuracy",
    ]);
    expect(await noticesFor("validation.accuracy", { [path]: values })).toEqual([]);
  },
);

const dense = { type: "dense", units: 10 };
const weak = { ...dense, regularizer: { l2: 0.01 } };
const strong = { ...dense, regularizer: { l2: 0.1 } };
const lstm = (more: object): object[] => [
  { type: "reshape", shape: [28, 28] },
  { type: "lstm", units: 4, ...more },
  dense,
];

test.each([
  ["model.layers[1]", [dense, weak]],
  ["model.layers[1]", [weak, strong]],
  ["model.layers", [[{ type: "flatten" }, weak], lstm({})]],
  ["model.layers", [lstm({}), lstm({ recurrentRegularizer: { l2: 0.1 } })]],
  ["model.layers[1]", [{ ...dense, regularizer: { l2: { type: "choice", values: [0.01, 0.1] } } }]],
  ["model.layers[1]", [{ type: "repeat", times: 1, layers: { type: "choice", values: [[dense], [weak]] } }]],
])("different regularizers inside the options of %s give a notice: %j", async (path, options) => {
  expect(await noticesFor("validation.loss", { [path]: options })).toEqual([
    `the sweep ranks by validation.loss but also sweeps the regularizers in ${path}, so the losses of its ` +
      "trials are not comparable; rank by validation.accuracy",
  ]);
  expect(await noticesFor("validation.accuracy", { [path]: options })).toEqual([]);
});

test("options with the same regularizers give no notice", async () => {
  const options = [weak, { ...weak, bias: false }];
  expect(await noticesFor("validation.loss", { "model.layers[1]": options })).toEqual([]);
  const units = { type: "choice", values: [10] };
  expect(await noticesFor("validation.loss", { "model.layers[1]": [{ ...weak, units }] })).toEqual([]);
});

test("a sweep of the data that ranks by validation images gets a notice", async () => {
  expect(await noticesFor("validation.loss", { "dataset.validation": [100, 1000] })).toEqual([
    "the sweep ranks by validation.loss but also sweeps dataset.validation, so its trials are measured on " +
      "different images; sweep data only to compare the test metrics",
  ]);
  expect(await noticesFor("validation.loss", { "dataset.normalize": [false, true] })).toEqual([]);
});
