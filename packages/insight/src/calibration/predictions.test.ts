import fc from "fast-check";
import { expect, test } from "vitest";

import { predictionsFromLogits, predictionsFromProbabilities } from "./predictions.ts";

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

test("rejects invalid predictions", () => {
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
});
