import { readFileSync } from "node:fs";
import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { domain, createSweptPaths } from "../testing/arbitraries.ts";
import type { IntRange } from "../space/domain.ts";
import { maxDimensions } from "./sobol/joe-kuo.ts";
import { sobol } from "./sobol.ts";

testSampler(sobol, [{ trials: 20 }, { trials: 5, scramble: false }]);

/** SciPy's results, as written by golden/sobol.py. */
interface Golden {
  readonly bits: number;
  readonly first: readonly (readonly number[])[];
  readonly far: Readonly<Record<string, readonly number[]>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL("../../golden/sobol.json", import.meta.url), "utf8"));

/** Returns this many parameters. The value of each is the coordinate of a point as a multiple of 2⁻ᵇⁱᵗˢ. */
function cube(dimensions: number, bits: number): Record<string, IntRange> {
  return Object.fromEntries(
    Array.from({ length: dimensions }, (_, index) => [
      `p${index}`,
      { type: "int", min: 0, max: 2 ** bits - 1 },
    ]),
  );
}

function points(dimensions: number, bits: number, trials: number, scramble: boolean, seed = 1): number[][] {
  return sobol
    .propose(cube(dimensions, bits), { trials, scramble }, createRng(seed))
    .map((point) => Object.values(point).map(Number));
}

test("unscrambled points equal SciPy's, in all available dimensions", () => {
  expect(golden.first[0]).toHaveLength(maxDimensions);
  expect(points(maxDimensions, golden.bits, golden.first.length, false)).toEqual(golden.first);
});

test("unscrambled points with large indices equal SciPy's", () => {
  const found = points(4, golden.bits, 100_000, false);
  for (const [index, point] of Object.entries(golden.far)) expect(found[Number(index)]).toEqual(point);
});

test("of 2ᵏ scrambled points, one is in each interval of width 2⁻ᵏ, in every dimension", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 7 }), (seed, k) => {
      const found = points(20, k, 2 ** k, true, seed);
      for (let dimension = 0; dimension < 20; dimension++)
        expect(new Set(found.map((point) => point[dimension])).size).toBe(2 ** k);
    }),
  );
});

test("the first two dimensions have one of 2ᵏ scrambled points in each box of 2⁻ᵃ × 2⁻ᵇ with a + b = k", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat({ max: 4 }), fc.nat({ max: 4 }), (seed, a, b) => {
      const found = points(2, 16, 2 ** (a + b), true, seed);
      const boxes = found.map(([x = 0, y = 0]) => `${x >> (16 - a)} ${y >> (16 - b)}`);
      expect(new Set(boxes).size).toBe(2 ** (a + b));
    }),
  );
});

test("more trials do not change earlier ones, and another seed gives others", () => {
  fc.assert(
    fc.property(createSweptPaths(domain), fc.maxSafeNat(), (parameters, seed) => {
      const few = sobol.propose(parameters, { trials: 5, scramble: true }, createRng(seed));
      const many = sobol.propose(parameters, { trials: 9, scramble: true }, createRng(seed));
      expect(many.slice(0, 5)).toEqual(few);
    }),
  );
  expect(points(2, 16, 4, true, 1)).not.toEqual(points(2, 16, 4, true, 2));
});

test("the first scrambled point is uniform over seeds", () => {
  const first = Array.from({ length: 2000 }, (_, seed) => points(1, 2, 1, true, seed)[0]![0]);
  // 4 standard deviations of a fraction of 1/4 of 2000 are 0.039.
  for (const quarter of [0, 1, 2, 3]) {
    const share = first.filter((value) => value === quarter).length / 2000;
    expect(Math.abs(share - 1 / 4)).toBeLessThan(0.039);
  }
});

test("more parameters than available directions are a problem", () => {
  expect(sobol.check(cube(maxDimensions, 1), { trials: 1, scramble: true })).toEqual([]);
  expect(sobol.check(cube(maxDimensions + 1, 1), { trials: 1, scramble: true })).toEqual([
    {
      path: ["parameters"],
      message:
        "sobol supports at most 128 parameters, and 129 are swept; sweep fewer, or use sampler latin-hypercube",
    },
  ]);
});
