import type { TrialRecord } from "@nn/results";
import type { Trial, TrialSpec } from "@nn/training";
import { expect, test } from "vitest";

import { rankConfigurations } from "./ranking.ts";

const spec: TrialSpec = {
  dataset: { type: "mnist", validation: 100, normalize: false },
  model: { initializer: { type: "he" }, layers: [] },
  loss: { type: "cross-entropy" },
  optimizer: { type: "sgd" },
  schedule: { type: "constant" },
  training: { epochs: 1, batchSize: 1, shuffle: true },
};

/** One configuration for each list of accuracies; a word is the status of a trial without one. */
function runOf(configurations: readonly (readonly (number | "diverged" | "failed" | "running")[])[]) {
  const trials: Trial[] = [];
  const records = new Map<number, TrialRecord>();
  for (const [configuration, outcomes] of configurations.entries()) {
    for (const [repeat, outcome] of outcomes.entries()) {
      const number = trials.length + 1;
      trials.push({ number, seed: 1 + repeat, configuration, parameters: { x: configuration }, spec });
      const measured = typeof outcome === "number";
      records.set(number, {
        trial: number,
        status: measured ? "completed" : outcome,
        seed: 1 + repeat,
        parameters: {},
        worker: 1,
        history: [],
        epochs: 1,
        // A diverged trial may have measures of its epochs before: they must not count.
        validation: { loss: measured ? 1 - outcome : 0, accuracy: measured ? outcome : 1 },
      });
    }
  }
  return { trials, records };
}

function order(...args: Parameters<typeof rankConfigurations>): number[] {
  return rankConfigurations(...args).map(({ configuration }) => configuration);
}

test("the best mean comes first, for either goal", () => {
  const { trials, records } = runOf([
    [0.9, 0.92],
    [0.95, 0.97],
    [0.99, 0.8],
  ]);
  expect(order({ trials, metric: "validation.accuracy", goal: "maximize" }, records)).toEqual([1, 0, 2]);
  expect(order({ trials, metric: "validation.loss", goal: "minimize" }, records)).toEqual([1, 0, 2]);
  expect(order({ trials, metric: "validation.accuracy", goal: "minimize" }, records)).toEqual([2, 0, 1]);
});

test("a configuration that diverged with one seed ranks below all that did not, whatever its others reached", () => {
  const { trials, records } = runOf([
    ["diverged", "diverged"],
    [0.99, "diverged"],
    [0.5, 0.5],
    ["running", "failed"],
  ]);
  expect(order({ trials, metric: "validation.accuracy", goal: "maximize" }, records)).toEqual([2, 1, 0, 3]);
});

test("equals stay in the order of the sweep", () => {
  const { trials, records } = runOf([[0.9], [0.9], [0.9]]);
  expect(order({ trials, metric: "validation.accuracy", goal: "maximize" }, records)).toEqual([0, 1, 2]);
});

test("mean and sample standard deviation are over the completed trials alone", () => {
  const { trials, records } = runOf([[0.9, 0.94, "diverged", "failed"]]);
  const [only] = rankConfigurations({ trials, metric: "validation.accuracy", goal: "maximize" }, records);
  const spread = only?.measures.get("validation.accuracy");
  expect(spread?.mean).toBeCloseTo(0.92, 12);
  expect(spread?.deviation).toBeCloseTo(Math.sqrt(2 * 0.02 ** 2), 12);
  expect(only).toMatchObject({ trials: 4, completed: 2, diverged: 1, failed: 1 });
});

test("one trial has no deviation, and a measure that nobody took is absent", () => {
  const { trials, records } = runOf([[0.9]]);
  const [only] = rankConfigurations({ trials, metric: "validation.accuracy", goal: "maximize" }, records);
  expect(only?.measures.get("validation.accuracy")).toEqual({ mean: 0.9, deviation: undefined });
  expect(only?.measures.has("test.accuracy")).toBe(false);
});
