import { expect, test } from "vitest";

import { calibrationCases, createPredictions } from "../../test/calibration-cases.ts";
import { relativeError } from "../../test/golden.ts";
import { predictionsFromLogits, predictionsFromProbabilities } from "./predictions.ts";
import { brierScore, negativeLogLikelihood, topKAccuracy } from "./scores.ts";

test.each(calibrationCases)("$name: scores are scikit-learn's", (values) => {
  const predictions = createPredictions(values);
  expect(relativeError(brierScore(predictions), values.brier)).toBeLessThan(1e-12);
  expect(relativeError(negativeLogLikelihood(predictions), values.logLoss)).toBeLessThan(1e-12);
  for (const [k, accuracy] of Object.entries(values.top))
    expect(topKAccuracy(predictions, Number(k))).toBeCloseTo(accuracy, 12);
  expect(topKAccuracy(predictions, values.classes)).toBe(1);
});

test("equal probabilities predict the first class", () => {
  const predictions = predictionsFromProbabilities([0.5, 0.5, 0.5, 0.5], [0, 1], 2);
  expect([...predictions.predicted]).toEqual([0, 0]);
  expect(topKAccuracy(predictions, 1)).toBe(0.5);
});

test("huge logits have a finite likelihood, and a probability of 0 an infinite one", () => {
  expect(negativeLogLikelihood(predictionsFromLogits([1e5, 0], [1], 2))).toBe(1e5);
  expect(negativeLogLikelihood(predictionsFromProbabilities([1, 0], [1], 2))).toBe(Infinity);
  expect(brierScore(predictionsFromProbabilities([1, 0], [1], 2))).toBe(2);
});

test("rejects a k above the number of classes", () => {
  const predictions = predictionsFromLogits([1, 2], [0], 2);
  expect(() => topKAccuracy(predictions, 3)).toThrow("k must be a whole number from 1 to 2, got 3.");
  expect(() => topKAccuracy(predictions, 0)).toThrow("k must be a whole number from 1 to 2, got 0.");
});
