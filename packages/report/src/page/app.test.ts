import { expect, test } from "vitest";

import { createSampleData, createSampleSweep, createSampleTrial } from "../../test/sample-data.ts";
import type { EvaluationData, NetworkPredictions, ReportData, SetEvaluation } from "../index.ts";
import { listSections } from "./app.tsx";

const idsOf = (data: ReportData): string[] => listSections(data).map(({ id }) => id);

function predictions(trial: number): NetworkPredictions {
  return {
    trial,
    confusion: [
      [5, 1],
      [0, 4],
    ],
    topAccuracies: [0.9],
    calibration: { expectedError: 0, brier: 0, bins: [], coverage: [] },
    predicted: [],
    confidences: [],
  };
}

function evaluation(
  changes: Partial<SetEvaluation> = {},
  network: EvaluationData["network"] = null,
): EvaluationData {
  const set: SetEvaluation = {
    set: "test",
    imageCount: 10,
    networks: [predictions(1)],
    pairs: [],
    missedByAll: 0,
    images: null,
    ...changes,
  };
  return { classes: ["a", "b"], sets: [set], network };
}

test("a single trial without outputs has its learning curves and how to repeat it", () => {
  expect(idsOf(createSampleData())).toEqual(["curves", "reproduce"]);
});

test("one epoch is no learning curve", () => {
  const history = {
    epoch: [1],
    trainLoss: [1],
    trainAccuracy: [1],
    validationLoss: [],
    validationAccuracy: [],
  };
  expect(idsOf(createSampleData({ trials: [createSampleTrial(1, 0.9, { history })] }))).toEqual([
    "reproduce",
  ]);
});

test("repeats without a sweep have a table, but no parameters", () => {
  const trials = [1, 2].map((number) => createSampleTrial(number, 0.9, { configuration: 0, seed: number }));
  expect(idsOf(createSampleData({ trials }))).toEqual(["trials", "curves", "reproduce"]);
});

test("a sweep has its parameters, and their importance if results differ", () => {
  const settings = [
    [0.1, "relu", 0.8],
    [0.2, "tanh", 0.9],
  ] as const;
  expect(idsOf(createSampleSweep(settings))).toEqual([
    "trials",
    "settings",
    "importance",
    "search",
    "curves",
    "reproduce",
  ]);
  const equal = settings.map(([rate, layer]) => [rate, layer, 0.8] as const);
  expect(idsOf(createSampleSweep(equal))).not.toContain("importance");
});

test("stored outputs show mistakes and calibration, two networks a comparison, and a network its internals", () => {
  expect(idsOf(createSampleData({ evaluation: evaluation() }))).toEqual([
    "curves",
    "mistakes",
    "calibration",
    "reproduce",
  ]);
  const networks = [predictions(1), predictions(2)];
  expect(idsOf(createSampleData({ evaluation: evaluation({ networks }) }))).toContain("compare");
  const network = {
    trial: 1,
    layers: [],
    probabilityFunction: "softmax" as const,
    inputShape: [1, 1, 1],
    normalization: null,
    drawsSymbols: true,
    precision: "float32" as const,
    tensors: [],
    numbers: "",
  };
  const ids = idsOf(createSampleData({ evaluation: evaluation({}, network) }));
  expect(ids).toContain("network");
  expect(ids).toContain("draw");
});
