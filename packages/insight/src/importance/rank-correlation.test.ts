import fc from "fast-check";
import { expect, test } from "vitest";

import { readGolden } from "../../test/golden.ts";
import { rankCorrelation } from "./rank-correlation.ts";

const golden: readonly { x: number[]; y: number[]; correlation: number }[] = readGolden("rank-correlation");

test.each(golden)("the rank correlation $correlation is SciPy's, with ties", ({ x, y, correlation }) => {
  expect(rankCorrelation(x, y)).toBeCloseTo(correlation, 12);
});

test("only the order of the numbers counts", () => {
  const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(numbers, (x) => {
      fc.pre(new Set(x).size > 1);
      expect(
        rankCorrelation(
          x,
          x.map((value) => value ** 3),
        ),
      ).toBeCloseTo(1, 12);
      expect(
        rankCorrelation(
          x,
          x.map((value) => -Math.exp(value)),
        ),
      ).toBeCloseTo(-1, 12);
    }),
  );
});

test("infinite numbers have ranks, too", () => {
  expect(rankCorrelation([-Infinity, 0, Infinity], [1, 2, 3])).toBe(1);
});

test("equal numbers have no correlation", () => {
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeUndefined();
  expect(rankCorrelation([1, 2, 3], [4, 4, 4])).toBeUndefined();
});

test("refuses lists that do not match", () => {
  expect(() => rankCorrelation([1, 2], [1])).toThrow(
    new RangeError("rankCorrelation: x and y must have the same length, at least 2, got 2 and 1."),
  );
  expect(() => rankCorrelation([1], [1])).toThrow("got 1 and 1.");
  expect(() => rankCorrelation([1, NaN], [1, 2])).toThrow("must not contain NaN.");
});
