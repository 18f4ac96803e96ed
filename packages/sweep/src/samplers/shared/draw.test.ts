import { createRng, log } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { choices, floatRange, intRange } from "../../testing/arbitraries.ts";
import type { Domain } from "../../space/domain.ts";
import { drawValue } from "./draw.ts";

const seed = fc.maxSafeNat();

test("a float is in [min, max), whatever the bounds and the rounding", () => {
  fc.assert(
    fc.property(floatRange, seed, (range, start) => {
      const value = drawValue(range, createRng(start));
      expect(value).toBeGreaterThanOrEqual(range.min);
      expect(value).toBeLessThan(range.max);
    }),
    { numRuns: 2000 },
  );
});

test("an int is an integer in [min, max], whatever the bounds", () => {
  fc.assert(
    fc.property(intRange, seed, (range, start) => {
      const value = drawValue(range, createRng(start));
      expect(value).toSatisfy(Number.isSafeInteger);
      expect(value).toBeGreaterThanOrEqual(range.min);
      expect(value).toBeLessThanOrEqual(range.max);
    }),
    { numRuns: 2000 },
  );
});

test("a choice is a value of the list", () => {
  fc.assert(
    fc.property(choices, seed, (list, start) => {
      expect(list).toContain(drawValue(list, createRng(start)));
    }),
  );
});

function draws(domain: Domain, count: number): number[] {
  const rng = createRng(1).fork("draws");
  return Array.from({ length: count }, (_, index) => Number(drawValue(domain, rng.fork(index))));
}

/** Number of times that each value was drawn, from the smallest value. */
function counts(values: readonly number[]): number[] {
  const found = Map.groupBy(values, (value) => value);
  return [...found.keys()].sort((a, b) => a - b).map((value) => found.get(value)!.length);
}

// 4000 draws: a fraction of p differs from p by 4 standard deviations, 4·√(p(1 − p) / 4000) ≤ 0.032, less
// than once in 10,000 seeds.
const within = 0.032;

test("an int range includes both bounds, and each value is equally likely", () => {
  const found = counts(draws({ type: "int", min: -1, max: 2 }, 4000));
  expect(found).toHaveLength(4);
  for (const count of found) expect(Math.abs(count / 4000 - 1 / 4)).toBeLessThan(within);
});

test("an int range of more than 2³² values is drawn from evenly, up to its bounds", () => {
  for (const size of [2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 52]) {
    const min = -size / 2;
    const found = draws({ type: "int", min: Math.ceil(min), max: Math.ceil(min) + size - 1 }, 4000);
    expect(found.every(Number.isSafeInteger)).toBe(true);
    const quarters = counts(found.map((value) => Math.floor(((value - min) / size) * 4)));
    expect(quarters).toHaveLength(4);
    for (const count of quarters) expect(Math.abs(count / 4000 - 1 / 4)).toBeLessThan(within);
  }
});

test("an int on a log scale has probability log((n + 1) / n) / log((max + 1) / min)", () => {
  const found = counts(draws({ type: "int", min: 1, max: 4, scale: "log" }, 4000));
  expect(found).toHaveLength(4);
  for (const [index, count] of found.entries()) {
    const n = index + 1;
    expect(Math.abs(count / 4000 - log((n + 1) / n) / log(5))).toBeLessThan(within);
  }
});

test("each tenth of a range, and on a log scale each decade, is equally likely", () => {
  const linear = counts(
    draws({ type: "float", min: 0, max: 1 }, 4000).map((value) => Math.floor(value * 10)),
  );
  expect(linear).toHaveLength(10);
  for (const count of linear) expect(Math.abs(count / 4000 - 1 / 10)).toBeLessThan(within);

  const decades = draws({ type: "float", min: 1e-4, max: 1, scale: "log" }, 4000).map(
    (value) => [1e-3, 1e-2, 1e-1].filter((bound) => value >= bound).length,
  );
  expect(counts(decades)).toHaveLength(4);
  for (const count of counts(decades)) expect(Math.abs(count / 4000 - 1 / 4)).toBeLessThan(within);
});

test("a float has at most six significant digits where the range allows it", () => {
  for (const value of draws({ type: "float", min: 1e-4, max: 0.3, scale: "log" }, 200)) {
    expect(
      String(value)
        .replace(/^0\.0*|e.*$/g, "")
        .replace(".", "").length,
    ).toBeLessThanOrEqual(6);
  }
});

test("a narrow range keeps the digits that distinguish its values", () => {
  const values = draws({ type: "float", min: 1, max: 1 + 1e-9 }, 100);
  expect(new Set(values).size).toBeGreaterThan(95);
});
