import fc from "fast-check";
import { expect, test } from "vitest";

import { readGolden, relativeError } from "../../test/golden.ts";
import { comparePaired, compareWelch, type MeanComparison } from "./compare-means.ts";

interface Golden {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly difference: number;
  readonly p: number;
  readonly df: number;
  readonly interval: readonly [number, number];
}
const golden: Record<"paired" | "welch", readonly Golden[]> = readGolden("comparison");

function expectGolden(comparison: MeanComparison, { difference, p, df, interval }: Golden): void {
  expect(comparison.degenerate).toBeUndefined();
  expect(relativeError(comparison.difference, difference)).toBeLessThan(1e-12);
  expect(relativeError(comparison.pValue!, p)).toBeLessThan(1e-9);
  expect(relativeError(comparison.degreesOfFreedom!, df)).toBeLessThan(1e-12);
  const width = interval[1] - interval[0];
  expect(Math.abs(comparison.interval!.lower - interval[0])).toBeLessThan(1e-9 * width);
  expect(Math.abs(comparison.interval!.upper - interval[1])).toBeLessThan(1e-9 * width);
}

test.each(golden.paired)("the paired test of $a.length seeds is SciPy's", (values) => {
  const comparison = comparePaired(values.a, values.b);
  expect(comparison.test).toBe("paired");
  expectGolden(comparison, values);
});

test.each(golden.welch)("Welch's test of $a.length and $b.length seeds is SciPy's", (values) => {
  const comparison = compareWelch(values.a, values.b);
  expect(comparison.test).toBe("welch");
  expectGolden(comparison, values);
});

const samples = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 12 });

test("exchanging the samples changes the sign of the difference and nothing else", () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const [one, other] = [compareWelch(a, b), compareWelch(b, a)];
      expect(other.difference).toBe(-one.difference);
      expect(other.pValue).toBeCloseTo(one.pValue!, 12);
      expect(other.degenerate).toBe(one.degenerate);
    }),
  );
});

test("p is below 0.05 exactly if the 95 % interval excludes 0", () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const { pValue, interval, degenerate } = compareWelch(a, b);
      fc.pre(pValue !== undefined && Math.abs(pValue - 0.05) > 1e-9);
      expect(pValue < 0.05).toBe(interval!.lower > 0 || interval!.upper < 0);
      expect(pValue >= 0 && pValue <= 1).toBe(true);
      expect([undefined, "zero variance"]).toContain(degenerate);
    }),
  );
});

const none = { interval: undefined, pValue: undefined, degreesOfFreedom: undefined, degenerate: "one value" };

test("one value has a difference, but no interval and no p-value", () => {
  expect(comparePaired([3], [1])).toEqual({ test: "paired", difference: 2, ...none });
  expect(compareWelch([3], [1])).toEqual({ test: "welch", difference: 2, ...none });
  expect(compareWelch([3, 5], [1])).toEqual({ test: "welch", difference: 3, ...none });
});

test("values without variance have the p-value 1 if they are equal, and otherwise none", () => {
  const degenerate = { degreesOfFreedom: undefined, degenerate: "zero variance" };
  const unknown = { difference: 2, pValue: undefined, interval: undefined, ...degenerate };
  const equal = { difference: 0, pValue: 1, interval: { lower: 0, upper: 0 }, ...degenerate };
  expect(comparePaired([3, 4, 5], [1, 2, 3])).toMatchObject(unknown);
  expect(comparePaired([3, 4], [3, 4])).toMatchObject(equal);
  expect(compareWelch([3, 3], [1, 1, 1])).toMatchObject(unknown);
  expect(compareWelch([3, 3], [3, 3])).toMatchObject(equal);
  // One sample that varies is enough.
  expect(compareWelch([3, 3], [1, 2]).degenerate).toBeUndefined();
});

test("rounding errors do not count as variance or difference", () => {
  // 0.3 − 0.2, 0.2 − 0.1 and 0.4 − 0.3 are three different doubles.
  expect(comparePaired([0.3, 0.2, 0.4], [0.2, 0.1, 0.3])).toMatchObject({
    pValue: undefined,
    degenerate: "zero variance",
  });
  expect(compareWelch([0.1 + 0.2, 0.3], [0.3, 0.3])).toMatchObject({
    pValue: 1,
    degenerate: "zero variance",
  });
});

test("refuses pairs that do not match, and values that are not finite", () => {
  expect(() => comparePaired([1, 2], [1])).toThrow(
    "comparePaired: a and b must have one value per common seed, got 2 and 1 values.",
  );
  expect(() => comparePaired([1, 2], [1, NaN])).toThrow(
    "comparePaired: b[1] must be a finite number, got NaN",
  );
  expect(() => compareWelch([Infinity], [1, 2])).toThrow("compareWelch: a[0] must be a finite number");
  expect(() => compareWelch([1, 2], [])).toThrow("compareWelch: b must contain at least one number.");
});
