import { expect, test } from "vitest";

import {
  pluralize,
  formatEstimate,
  formatCount,
  formatLoss,
  formatNumber,
  formatPValue,
  formatSeconds,
  joinWords,
  getMetricFormat,
} from "./format.ts";

test("numbers have a few digits, and powers of ten where they are very small or large", () => {
  expect([0, 0.1, 0.123456, 1234.5, 16_384, -0.5].map((value) => formatNumber(value))).toEqual([
    "0",
    "0.1",
    "0.1235",
    "1235",
    "16384",
    "−0.5",
  ]);
  expect(formatNumber(5.04e-7, 3)).toBe("5.04 × 10⁻⁷");
  expect(formatNumber(2e12)).toBe("2 × 10¹²");
});

test("counts have a comma between groups of three digits, losses always four decimals", () => {
  expect([7, 9387, 10_000, 1_234_567].map(formatCount)).toEqual(["7", "9,387", "10,000", "1,234,567"]);
  expect([0.267, 0.1409, 2, -0.00001, 1234].map(formatLoss)).toEqual([
    "0.2670",
    "0.1409",
    "2.0000",
    "0.0000",
    "1.234 × 10³",
  ]);
});

test("accuracies are in percent, losses are not", () => {
  expect(getMetricFormat("validation.accuracy").format(0.97053)).toBe("97.05\u00a0%");
  expect(getMetricFormat("train.loss").format(0.0909123)).toBe("0.0909");
  expect(getMetricFormat("test.accuracy").formatDifference(-0.0063)).toBe("−0.63\u00a0points");
  expect(getMetricFormat("test.accuracy").formatInterval(-0.01, 0)).toBe("−1.00 to 0.00");
  expect(getMetricFormat("train.loss").axis).toBe("training loss");
});

test("an interval has its ends, and one seed has none", () => {
  const estimate = { seeds: 3, mean: 0.9812, margin: 0.0017 };
  expect(formatEstimate(getMetricFormat("test.accuracy"), estimate)).toBe("98.12\u00a0% (97.95 to 98.29)");
  expect(formatEstimate(getMetricFormat("test.loss"), estimate)).toBe("0.9812 (0.9795 to 0.9829)");
  expect(formatEstimate(getMetricFormat("test.loss"), { seeds: 1, mean: 0.25, margin: null })).toBe("0.2500");
});

test("words: a noun in the right form, a list, a duration, a p-value", () => {
  expect([pluralize(1, "trial"), pluralize(12_000, "trial")]).toEqual(["1 trial", "12,000 trials"]);
  expect([joinWords([]), joinWords(["a"]), joinWords(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  expect([2.71, 61, 3700].map(formatSeconds)).toEqual([
    "2.7\u00a0s",
    "1\u00a0min 01\u00a0s",
    "1\u00a0h 02\u00a0min",
  ]);
  expect([0.0001, 0.0123, 0.5].map(formatPValue)).toEqual([
    "p\u00a0<\u00a00.001",
    "p\u00a0=\u00a00.012",
    "p\u00a0=\u00a00.50",
  ]);
});
