import fc from "fast-check";
import { expect, test } from "vitest";

import { readGolden, relativeError } from "../../test/golden.ts";
import { summarize } from "./summarize.ts";

interface Golden {
  readonly values: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly interval: readonly [number, number];
}
const { summaries }: { summaries: readonly Golden[] } = readGolden("comparison");

test.each(summaries)("mean, deviation and interval of $values.length values are SciPy's", (golden) => {
  const { count, mean, deviation, interval } = summarize(golden.values);
  expect(count).toBe(golden.values.length);
  expect(relativeError(mean, golden.mean)).toBeLessThan(1e-12);
  // Values of 1e6 with a deviation of 1e-3 have seven digits of it.
  expect(relativeError(deviation!, golden.deviation)).toBeLessThan(golden.mean > 1e5 ? 1e-6 : 1e-12);
  const width = golden.interval[1] - golden.interval[0];
  expect(Math.abs(interval!.lower - golden.interval[0])).toBeLessThan(1e-6 * width);
  expect(Math.abs(interval!.upper - golden.interval[1])).toBeLessThan(1e-6 * width);
});

test("one value has a mean, but neither deviation nor interval", () => {
  expect(summarize([0.97])).toEqual({ count: 1, mean: 0.97, deviation: undefined, interval: undefined });
});

test("equal values have the deviation 0 and an interval of zero width, despite rounding", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e100, max: 1e100, noNaN: true }),
      fc.integer({ min: 2, max: 20 }),
      (value, count) => {
        const { deviation, mean, interval } = summarize(Array.from({ length: count }, () => value));
        expect(deviation).toBe(0);
        expect(interval).toEqual({ lower: mean, upper: mean });
      },
    ),
  );
});

test("refuses no values and values that are not finite", () => {
  expect(() => summarize([])).toThrow(new RangeError("summarize: values must contain at least one number."));
  for (const value of [NaN, Infinity, -Infinity])
    expect(() => summarize([1, value])).toThrow(
      `summarize: values[1] must be a finite number, got ${value}. Leave out trials that diverged.`,
    );
});
