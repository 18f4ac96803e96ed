import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-check-pruning-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns the message about a sweep of `training`, or an empty string if it is valid. */
async function messageFor(pruner: object, parameters: object): Promise<string> {
  const file = join(folder, "experiment.yaml");
  const experiment = {
    name: "pruned",
    dataset: { type: "mnist", validation: 1000 },
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
    optimizer: { type: "sgd" },
    training: { epochs: 9 },
    sweep: { sampler: { type: "grid" }, pruner, parameters },
  };
  writeFileSync(file, JSON.stringify(experiment));
  return loadExperimentPlan(file).then(() => "", String);
}

const pruners = [
  { type: "patience", patience: 3 },
  { type: "threshold", below: 0.2 },
];
const same = [
  { epochs: 9, batchSize: 50 },
  { epochs: 9, batchSize: 100 },
];
const choice = (...values: readonly number[]): object => ({ type: "choice", values });

test.each(pruners)(
  "with the pruner $type, options of training may be swept if the epochs are the same",
  async (pruner) => {
    expect(await messageFor(pruner, { training: same })).toBe("");
    expect(await messageFor(pruner, { training: [{ epochs: choice(9), batchSize: 50 }, same[1]] })).toBe("");
    expect(await messageFor(pruner, { "training.epochs": [9] })).toBe("");
    expect(await messageFor(pruner, { "training.batchSize": [50, 100] })).toBe("");
  },
);

test.each([...pruners, { type: "median" }])(
  "with the pruner $type, trials of different lengths are a mistake",
  async (pruner) => {
    const mistake = (path: string): string =>
      `${path} gives trials of different lengths, but with a pruner all trials must have the same epochs`;
    expect(await messageFor(pruner, { training: [same[0], { epochs: 10 }] })).toContain(mistake("training"));
    expect(await messageFor(pruner, { training: [{ epochs: choice(9, 10) }] })).toContain(
      mistake("training"),
    );
    const count = { type: "int", min: 9, max: 10, step: 1 };
    expect(await messageFor(pruner, { training: [{ epochs: count }] })).toContain(mistake("training"));
    expect(await messageFor(pruner, { "training.epochs": count })).toContain(mistake("training.epochs"));
  },
);

test("the pruner is checked against the epochs of the swept blocks", async () => {
  const short = same.map(({ batchSize }) => ({ epochs: 3, batchSize }));
  expect(await messageFor({ type: "patience", patience: 3 }, { training: short })).toContain(
    "patience of 3 stops nothing in a training run of 3 epochs",
  );
});
