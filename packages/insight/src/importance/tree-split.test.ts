import { toDimension, type Domain } from "@nn/sweep";
import fc from "fast-check";
import { expect, test } from "vitest";

import { findBestSplit } from "./tree-split.ts";
import type { ParameterColumn } from "./encode-trials.ts";

const ENTRIES = ["a", "b", "c", "d", "e"];

function columnOf(domain: Domain, values: readonly (string | number)[]): ParameterColumn {
  const dimension = toDimension(domain);
  const positions = Float64Array.from(values, (value) => {
    const { from, to } = dimension.interval(value);
    return (from + to) / 2;
  });
  return { name: "x", dimension, positions };
}

function squaredError(targets: readonly number[]): number {
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  return targets.reduce((sum, target) => sum + (target - mean) ** 2, 0);
}

/** What dividing the targets reduces the squared error by. */
function gainOf(targets: readonly number[], isBelow: (row: number) => boolean): number {
  const [below, above] = [true, false].map((side) => targets.filter((_, row) => isBelow(row) === side));
  return squaredError(targets) - squaredError(below!) - squaredError(above!);
}

const rowsOf = <Value>(values: fc.Arbitrary<Value>) =>
  fc.array(fc.tuple(values, fc.integer({ min: -9, max: 9 })), { minLength: 2, maxLength: 25 });

test("no subset of a list reduces the squared error more than the best split", () => {
  fc.assert(
    fc.property(rowsOf(fc.constantFrom(...ENTRIES)), (rows) => {
      const values = rows.map(([value]) => value);
      const targets = rows.map(([, target]) => target);
      fc.pre(new Set(values).size > 1);
      const column = columnOf(ENTRIES, values);
      const best = findBestSplit([column], 0, Float64Array.from(targets), [...values.keys()])!;
      expect(best.gain).toBeCloseTo(
        gainOf(targets, (row) => best.split.isBelow(column.positions[row]!)),
        9,
      );
      for (let subset = 1; subset < 2 ** ENTRIES.length - 1; subset++) {
        const isIn = (row: number): boolean => (subset & (1 << ENTRIES.indexOf(values[row]!))) !== 0;
        const divided = new Set(values.map((_, row) => isIn(row))).size === 2;
        expect(divided ? gainOf(targets, isIn) : 0).toBeLessThanOrEqual(best.gain + 1e-9);
      }
    }),
  );
});

test("no threshold reduces the squared error more than the best split, which is halfway between values", () => {
  fc.assert(
    fc.property(rowsOf(fc.integer({ min: 0, max: 9 })), (rows) => {
      const values = rows.map(([value]) => value);
      const targets = rows.map(([, target]) => target);
      const distinct = [...new Set(values)].sort((a, b) => a - b);
      fc.pre(distinct.length > 1);
      const column = columnOf({ type: "int", min: 0, max: 9 }, values);
      const { split, gain } = findBestSplit([column], 0, Float64Array.from(targets), [...values.keys()])!;
      const gains = distinct.slice(1).map((value) => gainOf(targets, (row) => values[row]! < value));
      expect(gain).toBeCloseTo(Math.max(...gains), 9);
      const { below, above } = split.divide([{ from: 0, to: 1 }]);
      expect(below).toEqual([{ from: 0, to: above[0]!.from }]);
      expect(above[0]!.to).toBe(1);
      const middles = distinct.slice(1).map((value, index) => (value + distinct[index]! + 1) / 20);
      expect(Math.min(...middles.map((middle) => Math.abs(middle - above[0]!.from)))).toBeLessThan(1e-12);
    }),
  );
});

test("categories without rows follow the larger part", () => {
  const targets = Float64Array.of(0, 1, 1);
  const cells = ENTRIES.map((_, entry) => ({ from: entry / 5, to: (entry + 1) / 5 }));
  const larger = findBestSplit([columnOf(ENTRIES, ["a", "b", "b"])], 0, targets, [0, 1, 2])!.split;
  expect(larger.divide(cells)).toEqual({ below: cells.slice(0, 1), above: cells.slice(1) });
  const smaller = findBestSplit(
    [columnOf(ENTRIES, ["b", "a", "b"])],
    0,
    Float64Array.of(0, 1, 0),
    [0, 1, 2],
  )!.split;
  expect(smaller.divide(cells)).toEqual({ below: cells.slice(1), above: cells.slice(0, 1) });
});

test("rows with one value cannot be split", () => {
  expect(findBestSplit([columnOf(ENTRIES, ["c", "c"])], 0, Float64Array.of(0, 1), [0, 1])).toBeUndefined();
});
