import fc from "fast-check";
import { expect, test } from "vitest";

import { readGolden, relativeError } from "../../test/golden.ts";
import { agreement, type Agreement } from "./agreement.ts";
import { accuracyByCoverage, type CoveragePoint } from "./coverage.ts";
import { predictionsFromLogits, predictionsFromProbabilities } from "./predictions.ts";
import { expectedCalibrationError, reliabilityBins } from "./reliability.ts";
import { brierScore, negativeLogLikelihood, topKAccuracy } from "./scores.ts";

interface Golden {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly logits: readonly number[];
  readonly counts: readonly number[];
  readonly accuracy: readonly number[];
  readonly confidence: readonly number[];
  readonly calibrationError: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly top: Readonly<Record<string, number>>;
  readonly coverage: readonly CoveragePoint[];
}
const golden: {
  readonly predictions: readonly Golden[];
  readonly agreement: { labels: number[]; a: number[]; b: number[]; counts: Agreement };
} = readGolden("calibration");

const read = ({ logits, labels, classes }: Golden) => predictionsFromLogits(logits, labels, classes);

test.each(golden.predictions)("$name: bins, counts and calibration error are scikit-learn's", (values) => {
  const bins = reliabilityBins(read(values));
  expect(bins).toHaveLength(15);
  const filled = bins.filter(({ count }) => count > 0);
  expect(filled.map(({ count }) => count)).toEqual(values.counts);
  for (const [index, { accuracy, confidence }] of filled.entries()) {
    expect(accuracy).toBeCloseTo(values.accuracy[index]!, 12);
    expect(confidence).toBeCloseTo(values.confidence[index]!, 12);
  }
  expect(expectedCalibrationError(bins)).toBeCloseTo(values.calibrationError, 12);
});

test.each(golden.predictions)("$name: scores are scikit-learn's", (values) => {
  const predictions = read(values);
  expect(relativeError(brierScore(predictions), values.brier)).toBeLessThan(1e-12);
  expect(relativeError(negativeLogLikelihood(predictions), values.logLoss)).toBeLessThan(1e-12);
  for (const [k, accuracy] of Object.entries(values.top))
    expect(topKAccuracy(predictions, Number(k))).toBeCloseTo(accuracy, 12);
  expect(topKAccuracy(predictions, values.classes)).toBe(1);
});

test.each(golden.predictions)("$name: the most confident images have scikit-learn's accuracy", (values) => {
  const curve = accuracyByCoverage(read(values));
  for (const { threshold, coverage, accuracy } of values.coverage) {
    const point = curve.find((each) => Math.abs(each.threshold - threshold) < 1e-12);
    expect(point?.coverage).toBeCloseTo(coverage, 12);
    expect(point?.accuracy).toBeCloseTo(accuracy, 12);
  }
  expect(curve.at(-1)).toMatchObject({ coverage: 1, accuracy: topKAccuracy(read(values), 1) });
});

test("agreement is scikit-learn's confusion matrix of both networks", () => {
  const { a, b, labels, counts } = golden.agreement;
  expect(agreement(a, b, labels)).toEqual(counts);
});

test("networks with other numbers of predictions cannot be compared", () => {
  expect(() => agreement([1], [1, 2], [1, 2])).toThrow(
    "agreement: the networks must predict the same 2 images, got 1 and 2 predictions.",
  );
});

test("a confidence on an edge is in the lower bin", () => {
  // Every edge k/15 above the smallest possible confidence, 1/2.
  const edges = [8, 9, 10, 11, 12, 13, 14, 15].map((k) => k / 15);
  const predictions = predictionsFromProbabilities(
    edges.flatMap((p) => [p, 1 - p]),
    edges.map(() => 0),
    2,
  );
  const filled = reliabilityBins(predictions).filter(({ count }) => count > 0);
  expect(filled.map(({ upper }) => upper)).toEqual(edges);
});

test("a network that is right as often as it says has no calibration error", () => {
  // Five images with confidence 0.8, of which four are classified correctly.
  const predictions = predictionsFromProbabilities(
    [1, 2, 3, 4, 5].flatMap(() => [0.2, 0.8]),
    [1, 1, 1, 1, 0],
    2,
  );
  expect(expectedCalibrationError(reliabilityBins(predictions))).toBeCloseTo(0, 14);
});

test("images of equal confidence are in one point of the curve, in whatever order they are", () => {
  const curve = (labels: readonly number[]) =>
    accuracyByCoverage(predictionsFromProbabilities([0.7, 0.3, 0.7, 0.3, 0.9, 0.1], labels, 2));
  const expected = [
    { threshold: 0.9, coverage: 1 / 3, accuracy: 1 },
    { threshold: 0.7, coverage: 1, accuracy: 2 / 3 },
  ];
  expect(curve([0, 1, 0])).toEqual(expected);
  expect(curve([1, 0, 0])).toEqual(expected);
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

test("adding a number to all logits of an image changes no probability", () => {
  const logits = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (row, shift) => {
      const shifted = row.map((logit) => logit + shift);
      const [one, other] = [row, shifted].map((each) => predictionsFromLogits(each, [0], 3).probabilities);
      expect(other).toEqual(one);
      expect(one!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14);
    }),
  );
});

test("refuses what are no predictions", () => {
  expect(() => predictionsFromLogits([1, 2, 3], [0], 2)).toThrow(
    "predictionsFromLogits: logits must be (1, 2), which is 2 numbers, got 3.",
  );
  expect(() => predictionsFromLogits([1, NaN], [0], 2)).toThrow(
    "must be finite, got NaN for image 0, class 1.",
  );
  expect(() => predictionsFromLogits([1, 2], [2], 2)).toThrow(
    "labels[0] must be a class from 0 to 1, got 2.",
  );
  expect(() => predictionsFromLogits([], [], 2)).toThrow("labels must contain at least one image.");
  expect(() => predictionsFromLogits([1], [0], 1)).toThrow("classes must be a whole number from 2, got 1.");
  for (const row of [
    [3, -1],
    [0.7, 0.7],
    [NaN, 1],
  ])
    expect(() => predictionsFromProbabilities(row, [0], 2)).toThrow(
      `add up to 1, got ${row.join(", ")}. If these are logits, use predictionsFromLogits.`,
    );
  const predictions = predictionsFromLogits([1, 2], [0], 2);
  expect(() => reliabilityBins(predictions, 0)).toThrow("bins must be a whole number from 1, got 0.");
  expect(() => topKAccuracy(predictions, 3)).toThrow("k must be a whole number from 1 to 2, got 3.");
});
