import { expect, test } from "vitest";

import {
  formatCountedNoun,
  formatEstimate,
  formatNumber,
  formatPValue,
  formatSeconds,
  joinWords,
  getMetricFormat,
} from "./format.ts";

test("numbers have a few digits, groups of three, and powers of ten where they are very small or large", () => {
  expect([0, 0.1, 0.123456, 1234.5, 101_770, -0.5].map((value) => formatNumber(value))).toEqual([
    "0",
    "0.1",
    "0.1235",
    "1235",
    "101\u202f800",
    "−0.5",
  ]);
  expect(formatNumber(5.04e-7, 3)).toBe("5.04 × 10⁻⁷");
  expect(formatNumber(2e12)).toBe("2 × 10¹²");
});

test("accuracies are in percent, losses are not", () => {
  expect(getMetricFormat("validation.accuracy").format(0.97053)).toBe("97.05\u00a0%");
  expect(getMetricFormat("train.loss").format(0.0909123)).toBe("0.09091");
  expect(getMetricFormat("train.loss").axis).toBe("training loss");
});

test("an interval has its ends, and one seed has none", () => {
  const estimate = { seeds: 3, mean: 0.9812, margin: 0.0017 };
  expect(formatEstimate(getMetricFormat("test.accuracy"), estimate)).toBe("98.12\u00a0% (97.95 to 98.29)");
  expect(formatEstimate(getMetricFormat("test.loss"), estimate)).toBe("0.9812 (0.9795 to 0.9829)");
  expect(formatEstimate(getMetricFormat("test.loss"), { seeds: 1, mean: 0.25, margin: null })).toBe("0.25");
});

test("words: a noun in the right form, a list, a duration, a p-value", () => {
  expect([formatCountedNoun(1, "trial"), formatCountedNoun(12_000, "trial")]).toEqual([
    "1 trial",
    "12\u202f000 trials",
  ]);
  expect([joinWords([]), joinWords(["a"]), joinWords(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  expect([2.71, 61, 3700].map(formatSeconds)).toEqual(["2.7\u00a0s", "1\u00a0min", "1 h 2 min"]);
  expect([0.0001, 0.0123, 0.5].map(formatPValue)).toEqual(["p < 0.001", "p = 0.012", "p = 0.50"]);
});
