import { expect, test } from "vitest";

import { createSampleSweep } from "../../../test/sample-data.ts";
import { createMetricColorScale, getColorPosition } from "../charts/metric-color-scale.ts";
import { computeBestSoFar, computeMetricDomain, createTrialPoints } from "./points.ts";

const accuracies = [0.9, 0.91, 0.905, 0.92, 0.915, 0.1];
const data = createSampleSweep(accuracies.map((accuracy, at) => [at / 10, "relu", accuracy]));
const points = createTrialPoints(data, data.trials);

test("the best so far never gets worse, for either goal", () => {
  const values = points.map(({ value }) => value);
  const bests = (goal: "maximize" | "minimize"): number[] =>
    computeBestSoFar(points, goal).map(({ best }) => best);
  expect(bests("maximize")).toEqual(values.map((_, at) => Math.max(...values.slice(0, at + 1))));
  expect(bests("minimize")).toEqual(values.map((_, at) => Math.min(...values.slice(0, at + 1))));
});

test("the last values of pruned and diverged trials are not the best so far", () => {
  const all = (["pruned", "completed", "diverged", "completed"] as const).map((status, at) => ({
    status,
    value: [99, 90, 98, 91][at]!,
  }));
  expect(computeBestSoFar(all, "maximize")).toEqual([
    { point: all[1], best: 90 },
    { point: all[2], best: 90 },
    { point: all[3], best: 91 },
  ]);
  expect(computeBestSoFar(all.slice(0, 1), "maximize")).toEqual([]);
});

test("one very bad trial does not compress the range of the others", () => {
  const [low, high] = computeMetricDomain(data, points);
  expect(low).toBeGreaterThan(89);
  expect(high).toBeGreaterThan(92);
  expect(createMetricColorScale(data).range).toEqual([0.9, 0.92]);
  expect(data.trials.map((trial) => getColorPosition(createMetricColorScale(data), trial))).toEqual([
    0,
    expect.closeTo(0.5),
    expect.closeTo(0.25),
    1,
    expect.closeTo(0.75),
    0,
  ]);
});

test("with a metric to minimize, small values have strong colors", () => {
  const losses = { ...data, metric: "validation.loss" as const, goal: "minimize" as const };
  const [worst, best] = createMetricColorScale(losses).range;
  expect(worst).toBeGreaterThan(best);
  expect(getColorPosition(createMetricColorScale(losses), data.trials[3]!)).toBe(1);
});
