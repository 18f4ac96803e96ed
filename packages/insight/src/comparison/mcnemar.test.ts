import { expect, test } from "vitest";

import { readGolden, relativeError } from "../../test/golden.ts";
import { mcnemarTest } from "./mcnemar.ts";

const golden: { mcnemar: readonly { onlyA: number; onlyB: number; p: number }[] } = readGolden("comparison");

test.each(golden.mcnemar)("$onlyA images against $onlyB: p is that of SciPy's binomial test", (counts) => {
  const { onlyA, onlyB, p } = counts;
  expect(relativeError(mcnemarTest(onlyA, onlyB), p)).toBeLessThan(1e-9);
  expect(mcnemarTest(onlyB, onlyA)).toBe(mcnemarTest(onlyA, onlyB));
});

test("networks that fail on the same images do not differ", () => {
  expect(mcnemarTest(0, 0)).toBe(1);
});

test("a million images that only one network classifies correctly have a p-value near 0", () => {
  expect(mcnemarTest(1_000_000, 0)).toBe(0);
  // √(2·10⁶) = 1414 is one standard deviation of the difference: P(|Z| ≥ 1) = 0.3173.
  expect(mcnemarTest(1_000_707, 999_293)).toBeCloseTo(0.3173, 3);
});

test("rejects counts that are not whole numbers", () => {
  expect(() => mcnemarTest(1.5, 0)).toThrow(
    new RangeError("mcnemar: onlyA must be a whole number of images from 0, got 1.5."),
  );
  expect(() => mcnemarTest(1, -1)).toThrow("mcnemar: onlyB must be a whole number of images from 0, got -1.");
});
