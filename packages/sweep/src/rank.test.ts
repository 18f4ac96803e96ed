import fc from "fast-check";
import { expect, test } from "vitest";
import { toObjective, rankByMetric } from "./rank.ts";

test("items are ranked best first; those without a finite value come last, in their order", () => {
  const values = [0.2, NaN, 0.9, undefined, -Infinity, 0.5, Infinity];
  const at = (index: number): number | undefined => values[index];
  const indices = [...values.keys()];
  expect(rankByMetric(indices, at, "maximize")).toEqual([2, 5, 0, 1, 3, 4, 6]);
  expect(rankByMetric(indices, at, "minimize")).toEqual([0, 5, 2, 1, 3, 4, 6]);
});

test("equal items keep their order, and the given list is not changed", () => {
  const items = Object.freeze([
    { name: "a", value: 1 },
    { name: "b", value: 0 },
    { name: "c", value: 1 },
    { name: "d", value: -0 },
  ]);
  const names = rankByMetric(items, (item) => item.value, "maximize").map((item) => item.name);
  expect(names).toEqual(["a", "c", "b", "d"]);
});

test("ranking sorts the finite values and puts the others at the end", () => {
  const values = fc.array(fc.option(fc.double(), { nil: undefined }));
  fc.assert(
    fc.property(values, (list) => {
      const ranked = rankByMetric(list, (value) => value, "minimize");
      const finite = list.filter((value): value is number => Number.isFinite(value));
      expect(ranked.slice(0, finite.length).map(Number)).toEqual(finite.sort((a, b) => a - b));
      expect(ranked.slice(finite.length).some(Number.isFinite)).toBe(false);
      expect(ranked).toHaveLength(list.length);
    }),
  );
});

test("an objective is smaller if the metric is better, and undefined if the metric is not finite", () => {
  expect([toObjective(0.9, "maximize"), toObjective(0.9, "minimize")]).toEqual([-0.9, 0.9]);
  for (const metric of [undefined, NaN, Infinity, -Infinity])
    expect(toObjective(metric, "minimize")).toBeUndefined();
});
