import fc from "fast-check";
import { expect, test } from "vitest";

import { computeClassMetrics, computeTopKAccuracies } from "./class-metrics.ts";

// Computed by hand. Three of the five images of class 0 are predicted as class 0, and three of the five
// predictions of class 0 are right.
test("precision, recall and F1 of each class", () => {
  const confusion = [
    [3, 1, 1],
    [2, 2, 0],
    [0, 1, 2],
  ];
  expect(computeClassMetrics(confusion)).toEqual([
    { class: 0, images: 5, precision: 3 / 5, recall: 3 / 5, f1: 6 / 10 },
    { class: 1, images: 4, precision: 2 / 4, recall: 2 / 4, f1: 4 / 8 },
    { class: 2, images: 3, precision: 2 / 3, recall: 2 / 3, f1: 4 / 6 },
  ]);
});

test("a class without predictions has no precision, and a class without images no recall", () => {
  const confusion = [
    [4, 0, 2],
    [3, 0, 0],
    [0, 0, 0],
  ];
  expect(computeClassMetrics(confusion)).toEqual([
    { class: 0, images: 6, precision: 4 / 7, recall: 4 / 6, f1: 8 / 13 },
    { class: 1, images: 3, precision: undefined, recall: 0, f1: 0 },
    { class: 2, images: 0, precision: 0, recall: undefined, f1: 0 },
  ]);
  expect(computeClassMetrics([[0]])).toEqual([
    { class: 0, images: 0, precision: undefined, recall: undefined, f1: undefined },
  ]);
});

test("F1 is the harmonic mean of precision and recall", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(counts, ([a = 1, b = 1, c = 1, d = 1]) => {
      const confusion = [
        [a, b],
        [c, d],
      ];
      for (const { precision, recall, f1 } of computeClassMetrics(confusion)) {
        expect(f1).toBeCloseTo((2 * precision! * recall!) / (precision! + recall!), 12);
      }
    }),
  );
});

test("top-k accuracy grows to 1 with k", () => {
  expect(computeTopKAccuracies([6, 1, 0, 3])).toEqual([0.6, 0.7, 0.7, 1]);
});
