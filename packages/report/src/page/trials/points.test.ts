import { expect, test } from "vitest";

import { sampleSweep } from "../../../test/sample-data.ts";
import { goodnessOf, strengthOf } from "../charts/goodness.ts";
import { bestSoFar, metricDomain, pointsOf } from "./points.ts";

const accuracies = [0.9, 0.91, 0.905, 0.92, 0.915, 0.1];
const data = sampleSweep(accuracies.map((accuracy, at) => [at / 10, "relu", accuracy]));
const points = pointsOf(data, data.trials);

test("the best so far never gets worse, for either goal", () => {
  const values = points.map(({ value }) => value);
  expect(bestSoFar(points, "maximize")).toEqual(values.map((_, at) => Math.max(...values.slice(0, at + 1))));
  expect(bestSoFar(points, "minimize")).toEqual(values.map((_, at) => Math.min(...values.slice(0, at + 1))));
});

test("one very bad trial does not squeeze the others together", () => {
  const [low, high] = metricDomain(data, points);
  expect(low).toBeGreaterThan(89);
  expect(high).toBeGreaterThan(92);
  expect(goodnessOf(data).range).toEqual([0.9, 0.92]);
  expect(data.trials.map((trial) => strengthOf(goodnessOf(data), trial))).toEqual([
    0,
    expect.closeTo(0.5),
    expect.closeTo(0.25),
    1,
    expect.closeTo(0.75),
    0,
  ]);
});

test("with a metric to minimize, small values are strong", () => {
  const losses = { ...data, metric: "validation.loss" as const, goal: "minimize" as const };
  const [worst, best] = goodnessOf(losses).range;
  expect(worst).toBeGreaterThan(best);
  expect(strengthOf(goodnessOf(losses), data.trials[3]!)).toBe(1);
});
