import { exp } from "@nn/tensor";
import { expect, test } from "vitest";
import { denormalizeValue, normalizeValue } from "./scale.ts";

test("on a linear scale, a fraction of the way is that fraction of the distance", () => {
  expect([0, 0.25, 0.5, 1].map((u) => denormalizeValue(-2, 6, "linear", u))).toEqual([-2, 0, 2, 6]);
  expect([-2, 0, 2, 6].map((value) => normalizeValue(value, -2, 6, "linear"))).toEqual([0, 0.25, 0.5, 1]);
});

test("a range that is wider than the largest number has a scale like any other", () => {
  const [min, max] = [-(2 ** 1023), 1.5 * 2 ** 1023];
  expect(max - min).toBe(Infinity);
  const values = [min, -0.5 * 2 ** 1023, 0.25 * 2 ** 1023, max];
  expect(values.map((value) => normalizeValue(value, min, max, "linear"))).toEqual([0, 0.2, 0.5, 1]);
  expect([0, 0.5, 1].map((u) => denormalizeValue(min, max, "linear", u))).toEqual([min, values[2], max]);
});

test("a range of the smallest numbers has a scale like any other", () => {
  const min = Number.MIN_VALUE;
  expect([0, min, 2 * min].map((value) => normalizeValue(value, 0, 2 * min, "linear"))).toEqual([0, 0.5, 1]);
});

test("on a log scale, equal fractions of the way are equal factors", () => {
  for (const [u, value] of [
    [0, 0.001],
    [1 / 3, 0.01],
    [2 / 3, 0.1],
    [1, 1],
  ] as const) {
    expect(denormalizeValue(0.001, 1, "log", u)).toBeCloseTo(value, 12);
    expect(normalizeValue(value, 0.001, 1, "log")).toBeCloseTo(u, 12);
  }
  expect(normalizeValue(exp(0.5), 1, exp(1), "log")).toBeCloseTo(0.5, 12);
});

test("a log scale of a range too narrow for logarithms is linear", () => {
  const max = 8 + 2 ** -40;
  expect(normalizeValue(8, 8, max, "log")).toBe(0);
  expect(normalizeValue(8 + 2 ** -42, 8, max, "log")).toBe(0.25);
  expect(normalizeValue(max, 8, max, "log")).toBe(1);
});
