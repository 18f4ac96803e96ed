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

/**
 * Returns an experiment with one configuration per list of accuracies. A string is the status of a trial
 * without an accuracy.
 */
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
        // A diverged trial may have metrics of earlier epochs. They must not be counted.
        validation: { loss: measured ? 1 - outcome : 0, accuracy: measured ? outcome : 1 },
      });
    }
  }
  return { trials, records };
}

function order(...args: Parameters<typeof rankConfigurations>): number[] {
  return rankConfigurations(...args).map(({ configuration }) => configuration);
}

test("the configuration with the best mean is first, for both goals", () => {
  const { trials, records } = runOf([
    [0.9, 0.92],
    [0.95, 0.97],
    [0.99, 0.8],
  ]);
  expect(order({ trials, metric: "validation.accuracy", goal: "maximize" }, records)).toEqual([1, 0, 2]);
  expect(order({ trials, metric: "validation.loss", goal: "minimize" }, records)).toEqual([1, 0, 2]);
  expect(order({ trials, metric: "validation.accuracy", goal: "minimize" }, records)).toEqual([2, 0, 1]);
});

test("a configuration that diverged with one seed ranks below all that did not", () => {
  const { trials, records } = runOf([
    ["diverged", "diverged"],
    [0.99, "diverged"],
    [0.5, 0.5],
    ["running", "failed"],
  ]);
  expect(order({ trials, metric: "validation.accuracy", goal: "maximize" }, records)).toEqual([2, 1, 0, 3]);
});

test("configurations with equal means keep the order of the sweep", () => {
  const { trials, records } = runOf([[0.9], [0.9], [0.9]]);
  expect(order({ trials, metric: "validation.accuracy", goal: "maximize" }, records)).toEqual([0, 1, 2]);
});

test("mean and sample standard deviation use only the completed trials", () => {
  const { trials, records } = runOf([[0.9, 0.94, "diverged", "failed"]]);
  const [only] = rankConfigurations({ trials, metric: "validation.accuracy", goal: "maximize" }, records);
  const spread = only?.metrics.get("validation.accuracy");
  expect(spread?.mean).toBeCloseTo(0.92, 12);
  expect(spread?.deviation).toBeCloseTo(Math.sqrt(2 * 0.02 ** 2), 12);
  expect(only).toMatchObject({ trials: 4, completed: 2, diverged: 1, failed: 1 });
});

test("a single trial has no deviation, and a metric that no trial has is absent", () => {
  const { trials, records } = runOf([[0.9]]);
  const [only] = rankConfigurations({ trials, metric: "validation.accuracy", goal: "maximize" }, records);
  expect(only?.metrics.get("validation.accuracy")).toEqual({ mean: 0.9, deviation: undefined });
  expect(only?.metrics.has("test.accuracy")).toBe(false);
});
