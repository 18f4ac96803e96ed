import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { domain, createSweptPaths } from "../testing/arbitraries.ts";
import { toDimension } from "../space/dimension.ts";
import { latinHypercube } from "./latin-hypercube.ts";

testSampler(latinHypercube, [{ trials: 20 }]);

const seed = fc.maxSafeNat();
const trials = fc.integer({ min: 1, max: 200 });

test("each of n equal parts of a range contains one of n trials", () => {
  fc.assert(
    fc.property(trials, seed, (count, start) => {
      // The range has so many integers that rounding to one of them does not leave the part.
      const range = { type: "int", min: 1, max: 2 ** 40 } as const;
      const found = latinHypercube.propose({ a: range, b: range }, { trials: count }, createRng(start));
      const dimension = toDimension(range);
      for (const path of ["a", "b"]) {
        const parts = found.map((trial) => Math.floor(dimension.interval(trial[path]).to * count));
        expect(new Set(parts).size).toBe(count);
      }
    }),
  );
});

test("on a log scale, each of n equal factors contains one trial", () => {
  const range = { type: "float", min: 1e-4, max: 1, scale: "log" } as const;
  const found = latinHypercube.propose({ lr: range }, { trials: 4 }, createRng(3));
  const decades = found.map(({ lr }) => [1e-3, 1e-2, 1e-1].filter((bound) => Number(lr) >= bound).length);
  expect(decades.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
});

test("values of a list are tried equally often, except for parts that cross a border", () => {
  fc.assert(
    fc.property(trials, seed, (count, start) => {
      const parameters = { a: ["x", "y", "z"] };
      const found = latinHypercube.propose(parameters, { trials: count }, createRng(start));
      for (const value of parameters.a) {
        const times = found.filter(({ a }) => a === value).length;
        expect(Math.abs(times - count / 3)).toBeLessThan(2);
      }
    }),
  );
});

test("the same seed gives the same trials, and another parameter does not change them", () => {
  fc.assert(
    fc.property(createSweptPaths(domain), domain, trials, seed, (parameters, added, count, start) => {
      const before = latinHypercube.propose(parameters, { trials: count }, createRng(start));
      const more = { ...parameters, "a new one": added };
      const after = latinHypercube.propose(more, { trials: count }, createRng(start));
      for (const path of Object.keys(parameters).filter((name) => name !== "a new one"))
        expect(after.map((trial) => trial[path])).toEqual(before.map((trial) => trial[path]));
    }),
  );
});

test("each parameter is shuffled differently", () => {
  const range = { type: "float", min: 0, max: 1 } as const;
  const found = latinHypercube.propose({ a: range, b: range }, { trials: 20 }, createRng(1));
  const byA = found.toSorted((x, y) => Number(x.a) - Number(y.a)).map(({ b }) => Number(b));
  expect(byA).not.toEqual(byA.toSorted((x, y) => x - y));
});

test("the position of a trial in its part is uniform", () => {
  const count = 4000;
  const range = { type: "float", min: 0, max: count } as const;
  const found = latinHypercube.propose({ a: range }, { trials: count }, createRng(5));
  const tenths = new Float64Array(10);
  for (const { a } of found) tenths[Math.floor((Number(a) % 1) * 10)]! += 1;
  // 5 standard deviations of a tenth of 4000 are 95.
  for (const found of tenths) expect(Math.abs(found - count / 10)).toBeLessThan(95);
});
