import { expect, test } from "vitest";

import { calibrationCases, createPredictions } from "../../test/calibration-cases.ts";
import { predictionsFromLogits, predictionsFromProbabilities } from "./predictions.ts";
import { expectedCalibrationError, computeReliabilityBins } from "./reliability.ts";

test.each(calibrationCases)("$name: bins, counts and calibration error are scikit-learn's", (values) => {
  const bins = computeReliabilityBins(createPredictions(values));
  expect(bins).toHaveLength(15);
  const filled = bins.filter(({ count }) => count > 0);
  expect(filled.map(({ count }) => count)).toEqual(values.counts);
  for (const [index, { accuracy, confidence }] of filled.entries()) {
    expect(accuracy).toBeCloseTo(values.accuracy[index]!, 12);
    expect(confidence).toBeCloseTo(values.confidence[index]!, 12);
  }
  expect(expectedCalibrationError(bins)).toBeCloseTo(values.calibrationError, 12);
});

test("a confidence on an edge is in the lower bin, and one above it in the upper bin", () => {
  // Every edge k/15 above the smallest possible confidence, 1/2, and the doubles next to it.
  const near = [8, 9, 10, 11, 12, 13, 14].flatMap((k) => [-1, 0, 1].map((ulps) => k / 15 + ulps * 2 ** -53));
  for (const confidence of [...near, 1]) {
    const predictions = predictionsFromProbabilities([confidence, 1 - confidence], [0], 2);
    const bin = computeReliabilityBins(predictions).find(({ count }) => count > 0);
    expect(bin!.lower).toBeLessThan(confidence);
    expect(bin!.upper).toBeGreaterThanOrEqual(confidence);
  }
});

test("one bin has all images", () => {
  const predictions = predictionsFromProbabilities([0.5, 0.5, 1, 0], [1, 0], 2);
  expect(computeReliabilityBins(predictions, 1)).toEqual([
    { lower: 0, upper: 1, count: 2, confidence: 0.75, accuracy: 0.5 },
  ]);
});

test("a network whose accuracy equals its confidence has no calibration error", () => {
  // Five images with confidence 0.8, of which four are classified correctly.
  const predictions = predictionsFromProbabilities(
    [1, 2, 3, 4, 5].flatMap(() => [0.2, 0.8]),
    [1, 1, 1, 1, 0],
    2,
  );
  expect(expectedCalibrationError(computeReliabilityBins(predictions))).toBeCloseTo(0, 14);
});

test("rejects an invalid number of bins", () => {
  const predictions = predictionsFromLogits([1, 2], [0], 2);
  expect(() => computeReliabilityBins(predictions, 0)).toThrow("bins must be a whole number from 1, got 0.");
});
