import fc from "fast-check";
import { expect, test } from "vitest";

import { comparePaired, compareWelch } from "./compare-means.ts";
import { compareWithBest } from "./compare-with-best.ts";
import { adjustHolm } from "./holm.ts";
import { computeRequiredSeeds } from "./power.ts";

function sample(values: readonly number[], firstSeed = 1): Map<number, number> {
  return new Map(values.map((value, index) => [firstSeed + index, value]));
}

const a = [0.95, 0.97, 0.96];
const b = [0.9, 0.91, 0.93];
const c = [0.94, 0.97, 0.95];

test("with common seeds the test is paired over these, otherwise it is Welch's", () => {
  const paired = compareWithBest([sample(b), sample(a)], "maximize");
  expect(paired.best).toBe(1);
  expect(paired.comparisons[0]).toMatchObject({ ...comparePaired(b, a), seeds: 3 });
  const shifted = compareWithBest([sample(b, 2), sample(a)], "maximize").comparisons[0]!;
  expect(shifted).toMatchObject({ ...comparePaired(b.slice(0, 2), a.slice(1)), seeds: 2 });
  const others = compareWithBest([sample(b, 10), sample(a)], "maximize").comparisons[0]!;
  expect(others).toMatchObject({ ...compareWelch(b, a), seeds: 3 });
  // A single common seed has no spread.
  expect(compareWithBest([sample(b, 3), sample(a)], "maximize").comparisons[0]!.test).toBe("welch");
});

test("a smaller loss is better, and the first of equal means is the best", () => {
  expect(compareWithBest([sample(a), sample(b)], "minimize").best).toBe(1);
  expect(compareWithBest([sample(b), sample(b, 7)], "minimize").best).toBe(0);
});

test("p-values are adjusted for all comparisons", () => {
  const { best, comparisons } = compareWithBest([sample(b), sample(a), sample(c)], "maximize");
  expect(best).toBe(1);
  const raw = [comparePaired(b, a), comparePaired(c, a)].map(({ pValue }) => pValue!);
  expect([comparisons[0], comparisons[2]].map((each) => each!.adjustedPValue)).toEqual(adjustHolm(raw));
  expect(comparisons[1]).toBeUndefined();
});

test("for an insignificant difference, the number of missing seeds is that of the power analysis", () => {
  const { comparisons } = compareWithBest([sample(c, 20), sample(a)], "maximize");
  const found = comparisons[0]!;
  expect(found.isBeyondNoise).toBe(false);
  const deviation = Math.sqrt((0.015_275_252_316_519_468 ** 2 + 0.01 ** 2) / 2);
  const needed = computeRequiredSeeds({ difference: found.difference, deviation, paired: false });
  expect(found.moreSeeds).toBe(needed - 3);
});

test("with one value per configuration the noise is unknown, and equal values need no more seeds", () => {
  const single = compareWithBest([sample([0.9]), sample([0.95])], "maximize").comparisons[0]!;
  expect(single).toMatchObject({ pValue: undefined, isBeyondNoise: false, moreSeeds: undefined });
  const equal = compareWithBest([sample(a), sample(a)], "maximize").comparisons[1]!;
  expect(equal).toMatchObject({
    difference: 0,
    adjustedPValue: 1,
    isBeyondNoise: false,
    moreSeeds: undefined,
  });
});

test("every finite sample is compared, and the order of the others does not matter", () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (samples) => {
      const all = samples.map((each) => sample(each));
      const { best, comparisons } = compareWithBest(all, "maximize");
      const turned = compareWithBest(all.toReversed(), "maximize");
      expect(comparisons[best]).toBeUndefined();
      // Of equal means the first is the best, which is another one then.
      const isSame = turned.best === all.length - 1 - best;
      expect(isSame ? turned.comparisons.toReversed() : comparisons).toEqual(comparisons);
      for (const each of comparisons) {
        expect(each === undefined || each.difference <= 1e-12).toBe(true);
        expect(each?.moreSeeds === undefined || each.moreSeeds >= 1).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test("no configuration, and values that are not finite, are refused", () => {
  expect(() => compareWithBest([], "maximize")).toThrow("at least one configuration");
  expect(() => compareWithBest([sample([NaN])], "maximize")).toThrow("must be a finite number");
});

test("the caller may choose another configuration than that with the best mean", () => {
  const { best, comparisons } = compareWithBest([sample(b), sample(a)], "maximize", 0);
  expect(best).toBe(0);
  expect(comparisons).toEqual([undefined, expect.objectContaining(comparePaired(a, b))]);
});
