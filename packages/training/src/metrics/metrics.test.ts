import { expect, test } from "vitest";

import { findBestEpoch } from "./best-epoch.ts";
import { RunningMetrics } from "./metrics.ts";

test("batches are weighted by their size", () => {
  const metrics = new RunningMetrics();
  metrics.add(1, 3, 3);
  metrics.add(3, 0, 1);
  expect(metrics.mean()).toEqual({ loss: 1.5, accuracy: 0.75 });
  expect(metrics.examples).toBe(4);
});

const epochs = [0.7, 0.9, 0.8, 0.9].map((accuracy, index) => ({
  epoch: index + 1,
  train: { loss: 0, accuracy: 0 },
  validation: { loss: [0.5, 0.6, 0.2, 0.4][index]!, accuracy },
}));

test("the best epoch is the first of those with the best metric", () => {
  expect(findBestEpoch(epochs, "validation.accuracy", "maximize")).toBe(2);
  expect(findBestEpoch(epochs, "validation.accuracy", "minimize")).toBe(1);
  expect(findBestEpoch(epochs, "validation.loss", "minimize")).toBe(3);
  expect(findBestEpoch(epochs, "validation.loss", "maximize")).toBe(2);
});

test("with a metric of the training set, validation.accuracy decides the best epoch", () => {
  expect(findBestEpoch(epochs, "train.loss", "minimize")).toBe(2);
});

test("without validation there is no best epoch", () => {
  expect(
    findBestEpoch([{ epoch: 1, train: { loss: 1, accuracy: 0 } }], "validation.accuracy", "maximize"),
  ).toBeUndefined();
});
