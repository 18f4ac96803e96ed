import { expect, test } from "vitest";

import { sampleData, sampleSweep, sampleTrial } from "../../test/sample-data.ts";
import type { EvaluationData, NetworkAnswers, ReportData, SetEvaluation } from "../index.ts";
import { sectionsOf } from "./app.tsx";

const idsOf = (data: ReportData): string[] => sectionsOf(data).map(({ id }) => id);

function answers(trial: number): NetworkAnswers {
  return {
    trial,
    confusion: [
      [5, 1],
      [0, 4],
    ],
    topAccuracies: [0.9],
    calibration: { expectedError: 0, brier: 0, bins: [], coverage: [] },
    answers: [],
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
    networks: [answers(1)],
    pairs: [],
    missedByAll: 0,
    images: null,
    ...changes,
  };
  return { classes: ["a", "b"], sets: [set], network };
}

test("a single trial without outputs has its learning curves and how to repeat it", () => {
  expect(idsOf(sampleData())).toEqual(["curves", "repeat"]);
});

test("one epoch is no learning curve", () => {
  const history = {
    epoch: [1],
    trainLoss: [1],
    trainAccuracy: [1],
    validationLoss: [],
    validationAccuracy: [],
  };
  expect(idsOf(sampleData({ trials: [sampleTrial(1, 0.9, { history })] }))).toEqual(["repeat"]);
});

test("repeats without a sweep have a table, but no parameters", () => {
  const trials = [1, 2].map((number) => sampleTrial(number, 0.9, { configuration: 0, seed: number }));
  expect(idsOf(sampleData({ trials }))).toEqual(["trials", "curves", "repeat"]);
});

test("a sweep has its parameters, and their importance if results differ", () => {
  const settings = [
    [0.1, "relu", 0.8],
    [0.2, "tanh", 0.9],
  ] as const;
  expect(idsOf(sampleSweep(settings))).toEqual([
    "trials",
    "settings",
    "importance",
    "search",
    "curves",
    "repeat",
  ]);
  const equal = settings.map(([rate, layer]) => [rate, layer, 0.8] as const);
  expect(idsOf(sampleSweep(equal))).not.toContain("importance");
});

test("stored outputs give mistakes and trust; two networks a comparison; a network what is inside", () => {
  expect(idsOf(sampleData({ evaluation: evaluation() }))).toEqual(["curves", "mistakes", "trust", "repeat"]);
  const networks = [answers(1), answers(2)];
  expect(idsOf(sampleData({ evaluation: evaluation({ networks }) }))).toContain("difference");
  const network = {
    trial: 1,
    layers: [],
    loss: "cross-entropy",
    inputShape: [1, 1, 1],
    normalization: null,
    drawsSymbols: true,
    precision: "float32" as const,
    tensors: [],
    numbers: "",
  };
  const ids = idsOf(sampleData({ evaluation: evaluation({}, network) }));
  expect(ids).toContain("inside");
  expect(ids).toContain("draw");
});
