import { expect, test } from "vitest";

import { createSampleSweep } from "../../../test/sample-data.ts";
import { hasDifferentResults, computeImportance } from "./compute-importance.ts";

const rates = Array.from({ length: 24 }, (_, at) => (at + 0.5) / 24);
const layers = ["relu", "tanh", "elu"];
const rising = createSampleSweep(rates.map((rate, at) => [rate, layers[at % 3]!, 0.5 + 0.4 * rate]));

test("the only parameter with an effect has nearly all the importance, and its direction", () => {
  const { method, parameters, configurations, outOfBagR2 } = computeImportance(rising, rising.trials)!;
  expect(method).toBe("fANOVA");
  expect(configurations).toBe(24);
  expect(parameters.map(({ label }) => label)).toEqual(["rate", "layer"]);
  expect(parameters[0]!.share).toBeGreaterThan(0.9);
  expect(parameters[0]!.correlation).toBeCloseTo(1, 12);
  expect(parameters[1]!.correlation).toBeUndefined();
  expect(outOfBagR2).toBeGreaterThan(0.8);
});

test("a metric to minimize has the same importances and the correlation of the metric itself", () => {
  const minimized = { ...rising, goal: "minimize" as const };
  const [first] = computeImportance(minimized, rising.trials)!.parameters;
  expect(first!.share).toBeGreaterThan(0.9);
  expect(first!.correlation).toBeCloseTo(1, 12);
});

test("pruned trials and adaptive samplers require PED-ANOVA", () => {
  expect(computeImportance({ ...rising, isAdaptive: true }, rising.trials)!.method).toBe("PED-ANOVA");
  const trials = rising.trials.map((trial, at) =>
    Object.assign({}, trial, at < 12 ? { status: "pruned" } : {}),
  );
  const pruned = computeImportance(rising, trials)!;
  expect(pruned.method).toBe("PED-ANOVA");
  expect(pruned.parameters[0]!.label).toBe("rate");
});

test("seeds of a configuration count as one result, their mean", () => {
  const repeated = rising.trials.flatMap((trial) => [
    trial,
    { ...trial, seed: 2, number: trial.number + 100 },
  ]);
  expect(computeImportance(rising, repeated)).toEqual(computeImportance(rising, rising.trials));
});

test("equal results have no importance", () => {
  const equal = createSampleSweep(rates.map((rate) => [rate, "relu", 0.8]));
  expect(hasDifferentResults(equal, equal.trials)).toBe(false);
  expect(computeImportance(equal, equal.trials)).toBeUndefined();
});
