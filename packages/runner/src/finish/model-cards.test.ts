import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Experiment, ForecastInput } from "@nn/experiment";
import { createSingleTrialExperiment, createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import { createModelCard, type ModelCardInput } from "@nn/formats";
import { layers, planModel } from "@nn/layers";
import type { DatasetRecord, TrialRecord } from "@nn/results";
import type { TrialSpec } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, onTestFinished, test } from "vitest";

import { MODEL_CARD_FILE, writeModelCards } from "./model-cards.ts";

const info = {
  exampleShape: [2, 2, 1],
  classes: 3,
  classNames: ["a", "b", "c"],
  trainingCount: 5000,
  testCount: 200,
};

function forecastInputOf({ model }: TrialSpec): ForecastInput {
  const choices = model.layers.map(({ type, ...options }) => ({ definition: layers.get(type)!, options }));
  return { plan: planModel(choices, info.exampleShape), info };
}

const mnist: DatasetRecord = { name: "mnist", source: "a folder", sha256: "ab12" };

/** The metrics of trial 1 are 0.1, of trial 2 are 0.2, and so on: the last configuration is the best. */
function recordOf(trial: number, changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    trial,
    status: "completed",
    seed: 9,
    parameters: {},
    worker: 1,
    history: [],
    epochs: 3,
    validation: { loss: 1, accuracy: trial / 10 },
    test: { loss: 2, accuracy: trial / 20 },
    ...changes,
  };
}

interface Run {
  readonly experiment: Experiment;
  readonly records?: readonly TrialRecord[];
  readonly data?: readonly DatasetRecord[];
  /** The trials that have a network. Default: all. */
  readonly networks?: readonly number[];
  /** The trials that have a card already. */
  readonly cards?: readonly number[];
}

/** Writes the cards of a run. Returns the card of a trial; undefined if it has none. */
async function write({ experiment, networks, cards = [], ...run }: Run) {
  const path = mkdtempSync(join(tmpdir(), "nn-model-cards-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const { trials } = experiment;
  const records = run.records ?? trials.map(({ number }) => recordOf(number));
  for (const { number } of trials) {
    const folder = join(path, "trials", `${number}`);
    mkdirSync(folder, { recursive: true });
    if (networks?.includes(number) ?? true) writeFileSync(join(folder, "model.safetensors"), "");
    if (cards.includes(number)) writeFileSync(join(folder, MODEL_CARD_FILE), "old");
  }
  const directory = {
    path,
    records: new Map(records.map((record) => [record.trial, record])),
    data: new Map((run.data ?? [mnist]).map((each) => [each.name, each])),
  };
  await writeModelCards({ experiment, directory, forecastInputOf }, trials);
  return (trial: number): string | undefined => {
    const file = join(path, "trials", `${trial}`, MODEL_CARD_FILE);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
}

const sweep = createSweepExperiment([0.5, { type: "linear" }], 2);

/** The card of trial 1 of `sweep`. */
const expected: ModelCardInput = {
  name: "toy",
  run: "toy",
  trial: 1,
  seed: 1,
  spec: toySpec,
  epochs: 3,
  data: {
    trainingImages: 5000,
    validationImages: 0,
    testImages: 200,
    inputShape: info.exampleShape,
    classes: 3,
    classNames: info.classNames,
    sha256: "ab12",
  },
  network: forecastInputOf(toySpec).plan,
  metrics: { validation: { loss: 1, accuracy: 0.1 }, test: { loss: 2, accuracy: 0.05 } },
  repeats: [
    { seed: 1, validation: { loss: 1, accuracy: 0.1 }, test: { loss: 2, accuracy: 0.05 } },
    { seed: 2, validation: { loss: 1, accuracy: 0.2 }, test: { loss: 2, accuracy: 0.1 } },
  ],
};

test("a card describes the trial, its data, its network, its metrics and its repeats", async () => {
  const card = await write({ experiment: sweep });
  expect(card(1)).toBe(createModelCard(expected));
});

test("the cards of the best configuration tell how it was selected", async () => {
  const card = await write({ experiment: sweep });
  const best = {
    ...expected,
    trial: 4,
    seed: 2,
    selection: {
      configurations: 2,
      metric: "validation.accuracy",
      parameters: { "optimizer.learningRate": '{"type":"linear"}' },
    },
    metrics: { validation: { loss: 1, accuracy: 0.4 }, test: { loss: 2, accuracy: 0.2 } },
    repeats: [
      { seed: 1, validation: { loss: 1, accuracy: 0.3 }, test: { loss: 2, accuracy: 0.15 } },
      { seed: 2, validation: { loss: 1, accuracy: 0.4 }, test: { loss: 2, accuracy: 0.2 } },
    ],
  };
  expect(card(4)).toBe(createModelCard(best));
  expect(card(3)).toMatch("This configuration is the best of 2 by validation.accuracy.");
  expect(card(2)).not.toMatch("This configuration is the best");
});

test("a swept text is shown without quotes", async () => {
  const card = await write({ experiment: createSweepExperiment(["high", "low"]) });
  expect(card(2)).toMatch(/`optimizer\.learningRate` +\| low \(swept\)/);
});

test("without a sweep, no card tells of a selection", async () => {
  const card = await write({ experiment: createSingleTrialExperiment() });
  expect(card(1)).not.toMatch("This configuration is the best");
});

test("the description of the experiment is in the card", async () => {
  const card = await write({ experiment: { ...sweep, description: "small networks" } });
  expect(card(1)).toBe(createModelCard({ ...expected, description: "small networks" }));
});

test("repeats that have not completed are left out", async () => {
  const records = [recordOf(1), recordOf(2, { status: "diverged" }), recordOf(3)];
  const card = await write({ experiment: sweep, records });
  expect(card(1)).toBe(createModelCard({ ...expected, repeats: expected.repeats.slice(0, 1) }));
  expect(card(2)).toBeUndefined();
  expect(card(4)).toBeUndefined();
});

test("images that are held out for validation are not training images", async () => {
  const withValidation = async (validation: number | "test") => {
    const spec = { ...toySpec, dataset: { ...toySpec.dataset, validation } };
    const trials = sweep.trials.map((trial) => ({ ...trial, spec }));
    return { card: (await write({ experiment: { ...sweep, trials } }))(1), spec };
  };
  const held = await withValidation(1000);
  const data = { ...expected.data, trainingImages: 4000, validationImages: 1000 };
  expect(held.card).toBe(createModelCard({ ...expected, spec: held.spec, data }));
  const shown = await withValidation("test");
  expect(shown.card).toBe(createModelCard({ ...expected, spec: shown.spec }));
});

test("the epoch whose weights were restored is shown unless it is the last one", async () => {
  const earlyStopping = { metric: "accuracy", patience: 5, minDelta: 0 } as const;
  const spec: TrialSpec = { ...toySpec, training: { ...toySpec.training, earlyStopping } };
  const trials = sweep.trials.map((trial) => ({ ...trial, spec }));
  const history = (accuracies: readonly number[]) =>
    accuracies.map((accuracy, index) => ({
      epoch: index + 1,
      train: { loss: 1, accuracy },
      validation: { loss: 1, accuracy },
      seconds: 1,
      imagesPerSecond: 1,
    }));
  const cardOf = async (...accuracies: readonly number[]) => {
    const records = [1, 2, 3, 4].map((trial) => recordOf(trial, { history: history(accuracies) }));
    return (await write({ experiment: { ...sweep, trials }, records }))(1);
  };
  expect(await cardOf(0.5, 0.9, 0.8)).toBe(createModelCard({ ...expected, spec, bestEpoch: 2 }));
  expect(await cardOf(0.5, 0.8, 0.9)).toBe(createModelCard({ ...expected, spec }));
});

test("the hash of the data is shown only if there is one data set", async () => {
  const data = { ...expected.data, sha256: undefined };
  const several = await write({ experiment: sweep, data: [mnist, { ...mnist, name: "other" }] });
  expect(several(1)).toBe(createModelCard({ ...expected, data }));
  const none = await write({ experiment: sweep, data: [] });
  expect(none(1)).toBe(createModelCard({ ...expected, data }));
});

test("a card of a trial without a network, or that has not completed, is deleted", async () => {
  const records = [recordOf(1), recordOf(2), recordOf(3, { status: "failed" }), recordOf(4)];
  const card = await write({ experiment: sweep, records, networks: [2, 3, 4], cards: [1, 2, 3] });
  expect(card(1)).toBeUndefined();
  expect(card(2)).toMatch("# toy");
  expect(card(3)).toBeUndefined();
  expect(card(4)).toMatch("# toy");
});
