import { expect, test } from "vitest";

import { roundToReadable } from "./readable.ts";

test.each([
  [0.123456789, 1e-3, 0.123457],
  [0.123456789, 1e-8, 0.12345679],
  [1e-9 / 3, 1e-12, 3.33333e-10],
  [0, 1e-3, 0],
  [1_234_567.5, 2.5, 1_234_570],
  [1_234_567.5, 2.4, 1_234_568],
  [0.1 + 0.2, 0, 0.1 + 0.2],
  [-2 / 3, 1e-3, -0.666667],
])("%d with a tolerance of %d is rounded to %d", (value, allowed, written) => {
  expect(roundToReadable(value, allowed)).toBe(written);
});

test("a value is rounded away from an excluded bound, to six digits instead of sixteen", () => {
  const below = (bound: number) => (rounded: number) => rounded < bound;
  expect(roundToReadable(0.29999999999999993, 1e-5, below(0.3))).toBe(0.299999);
  expect(roundToReadable(99_999.999, 1, below(1e5))).toBe(99_999);
  expect(roundToReadable(-0.10000000000000002, 1e-5, below(-0.1))).toBe(-0.100001);
  expect(roundToReadable(0.29999999999999993, 1e-9, below(0.3))).toBe(0.299999999);
});
