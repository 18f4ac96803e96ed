import { expect, test } from "vitest";

import { listTicks } from "./parameter-scale.ts";

test("few values label an axis themselves", () => {
  expect(listTicks([64, 16, 64, 32], "linear")).toEqual([16, 32, 64]);
});

test("whole numbers have whole labels on both scales", () => {
  const units = [19, 20, 21, 31, 43, 93, 111];
  expect(listTicks(units, "log")).toEqual([20, 30, 50, 70, 100]);
  expect(listTicks(units, "linear")).toEqual([20, 40, 60, 80, 100]);
});

test("fractions have round labels within their range", () => {
  const rates = [0.0248, 0.0521, 0.0594, 0.0681, 0.1128, 0.1523];
  expect(listTicks(rates, "log")).toEqual([0.03, 0.05, 0.07, 0.1]);
  expect(listTicks(rates, "linear")).toEqual([0.04, 0.06, 0.08, 0.1, 0.12, 0.14]);
});

test.each([0.3, 0.0003, 0.6, 3, 300, 7])("a range of %d has at least three labels", (max) => {
  const values = Array.from({ length: 7 }, (_, index) => (max * index) / 6);
  expect(listTicks(values, "linear").length).toBeGreaterThanOrEqual(3);
});
