import { expect, test } from "vitest";

import { normalCdf } from "./normal-cdf.ts";

test("probabilities are those of the tables (Abramowitz & Stegun 1964, table 26.1)", () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
  expect(normalCdf(2)).toBeCloseTo(0.977249868051821, 14);
  expect(normalCdf(-1)).toBeCloseTo(1 - 0.841344746068543, 14);
  expect(normalCdf(-Infinity)).toBe(0);
  expect(normalCdf(Infinity)).toBe(1);
});
