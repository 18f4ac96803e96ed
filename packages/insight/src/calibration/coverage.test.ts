import { expect, test } from "vitest";

import { calibrationCases, createPredictions } from "../../test/calibration-cases.ts";
import { computeAccuracyCoverageCurve } from "./coverage.ts";
import { predictionsFromProbabilities } from "./predictions.ts";
import { topKAccuracy } from "./scores.ts";

test.each(calibrationCases)("$name: the most confident images have scikit-learn's accuracy", (values) => {
  const curve = computeAccuracyCoverageCurve(createPredictions(values));
  for (const { threshold, coverage, accuracy } of values.coverage) {
    const point = curve.find((each) => Math.abs(each.threshold - threshold) < 1e-12);
    expect(point?.coverage).toBeCloseTo(coverage, 12);
    expect(point?.accuracy).toBeCloseTo(accuracy, 12);
  }
  expect(curve.at(-1)).toMatchObject({ coverage: 1, accuracy: topKAccuracy(createPredictions(values), 1) });
});

test("images of equal confidence are in one point of the curve, in whatever order they are", () => {
  const curve = (labels: readonly number[]) =>
    computeAccuracyCoverageCurve(predictionsFromProbabilities([0.7, 0.3, 0.7, 0.3, 0.9, 0.1], labels, 2));
  const expected = [
    { threshold: 0.9, coverage: 1 / 3, accuracy: 1 },
    { threshold: 0.7, coverage: 1, accuracy: 2 / 3 },
  ];
  expect(curve([0, 1, 0])).toEqual(expected);
  expect(curve([1, 0, 0])).toEqual(expected);
});
