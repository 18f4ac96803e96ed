import { expect, test } from "vitest";
import { goldenOrdered, goldenProcesses } from "../../../test/golden-process.ts";
import { GaussianProcess } from "./gaussian-process.ts";

test.each(goldenProcesses)("predicts the same as NumPy from $targets.length trials", (golden) => {
  const process = new GaussianProcess(goldenOrdered, golden);
  for (const [i, place] of golden.places.entries()) process.add(Float64Array.from(place), golden.targets[i]!);
  for (const [i, place] of golden.at.entries()) {
    const { mean, deviation } = process.predict(Float64Array.from(place));
    expect(mean).toBeCloseTo(golden.means[i]!, 10);
    expect(deviation).toBeCloseTo(golden.deviations[i]!, 10);
  }
});

test("predicts the prior before the first trial, and a noiseless trial exactly", () => {
  const process = new GaussianProcess([true], { lengths: [0.5], noise: 0, variance: 4 });
  expect(process.predict(Float64Array.of(0.3))).toEqual({ mean: 0, deviation: 2 });
  process.add(Float64Array.of(0.3), 7);
  const { mean, deviation } = process.predict(Float64Array.of(0.3));
  expect(mean).toBeCloseTo(7, 12);
  expect(deviation).toBeCloseTo(0, 6);
});

test("the same point twice, without noise, gives finite predictions", () => {
  const process = new GaussianProcess([true], { lengths: [0.5], noise: 0, variance: 1 });
  for (const target of [1, 1, 1]) process.add(Float64Array.of(0.3), target);
  expect(process.predict(Float64Array.of(0.4)).mean).toBeGreaterThan(0.5);
});
