import fc from "fast-check";
import { expect, test } from "vitest";
import { domain } from "../testing/arbitraries.ts";
import { isRange, type Domain } from "./domain.ts";
import { toDimension } from "./dimension.ts";
import { enumerateDomain } from "./enumerate-domain.ts";

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Returns the position of a value among those of its domain. */
function rank(of: Domain, value: unknown): number {
  return isRange(of) ? Number(value) : (enumerateDomain(of)?.findIndex((each) => each === value) ?? -1);
}

test("as u grows, the value or its index never decreases", () => {
  fc.assert(
    fc.property(domain, unit, unit, (of, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((u) => rank(of, toDimension(of).value(u)));
      expect(low).toBeLessThanOrEqual(high!);
    }),
    { numRuns: 2000 },
  );
});

// In some of these, rounding moves the exact value at the largest u to max.
test.for([
  { type: "float", min: 0.1, max: 0.3 },
  { type: "float", min: 1e6, max: 1e6 + 2 ** -10 },
  { type: "float", min: 0.5, max: 0.9, scale: "log" },
  { type: "float", min: 1, max: 10, scale: "log" },
] satisfies Domain[])(
  "%o: the smallest u gives min, and the largest a value next to max, not max",
  (range) => {
    const dimension = toDimension(range);
    expect(dimension.value(0)).toBe(range.min);
    const last = dimension.value(1 - 2 ** -53);
    expect(last).toBeLessThan(range.max);
    expect(dimension.interval(last).from).toBeGreaterThan(0.999);
  },
);

test("u lies in the interval of its value, up to rounding", () => {
  fc.assert(
    fc.property(domain, unit, (of, u) => {
      const dimension = toDimension(of);
      const { from, to } = dimension.interval(dimension.value(u));
      // Between bounds that are close to each other, and near the smallest numbers, few digits are left.
      fc.pre(!isRange(of) || of.max - of.min >= 1e-300);
      fc.pre(!isRange(of) || of.max - of.min >= 1e-9 * Math.max(Math.abs(of.min), Math.abs(of.max)));
      fc.pre(!isRange(of) || of.scale !== "log" || (of.max >= of.min * 1.001 && of.min >= 1e-300));
      // A continuous value is rounded by up to a ten-thousandth of its range.
      const off = dimension.size === undefined ? 1e-3 : 1e-9;
      expect(from - off).toBeLessThanOrEqual(u);
      expect(to + off).toBeGreaterThanOrEqual(u);
    }),
    { numRuns: 2000 },
  );
});

test("the middle of a value's interval gives this value", () => {
  fc.assert(
    fc.property(domain, unit, (of, u) => {
      const dimension = toDimension(of);
      // With 2⁵³ values in a range, intervals are too narrow for the numbers between 0 and 1.
      fc.pre(dimension.size !== undefined && dimension.size <= 1e9);
      const value = dimension.value(u);
      const { from, to } = dimension.interval(value);
      fc.pre(to - from > 1e-9);
      expect(dimension.value((from + to) / 2)).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

test("intervals are adjacent from 0 to 1", () => {
  const dimension = toDimension({ type: "int", min: 1, max: 9, scale: "log" });
  const intervals = Array.from({ length: 9 }, (_, index) => dimension.interval(index + 1));
  expect(intervals[0]!.from).toBe(0);
  expect(intervals[8]!.to).toBe(1);
  for (const [index, { to }] of intervals.slice(0, -1).entries()) expect(to).toBe(intervals[index + 1]!.from);
});

test("a block in a list is found whatever the order of its keys, and any other block is rejected", () => {
  const dimension = toDimension([{ type: "sgd" }, { type: "adam", learningRate: 0.1 }]);
  expect(dimension.interval({ learningRate: 0.1, type: "adam" })).toEqual({ from: 0.5, to: 1 });
  expect(() => dimension.interval({ type: "adam" })).toThrow(
    '{"type":"adam"} is not a value of this parameter',
  );
});

test("only lists and bools have no order", () => {
  expect(toDimension(["relu", "tanh"]).ordered).toBe(false);
  expect(toDimension({ type: "bool" }).ordered).toBe(false);
  expect(toDimension({ type: "float", min: 0, max: 1, step: 0.5 })).toMatchObject({ ordered: true, size: 3 });
  expect(toDimension({ type: "float", min: 0, max: 1 })).toMatchObject({ ordered: true, size: undefined });
});

test("a parameter without a value has the whole dimension as its interval", () => {
  fc.assert(
    fc.property(domain, (each) => {
      expect(toDimension(each).interval(undefined)).toEqual({ from: 0, to: 1 });
    }),
  );
});
