import { expect, test } from "vitest";
import { fromBest } from "./sort-trials.ts";
import type { Ended } from "../../sampler.ts";

const ended = (cost: number | undefined, prunedAfter?: number): Ended =>
  prunedAfter === undefined ? { parameters: {}, cost } : { parameters: {}, cost, prunedAfter };

test("completed ones by cost, then pruned ones by how far they came and by cost, then those without a cost", () => {
  const history = [
    ended(undefined), // 0
    ended(0.1, 3), // 1
    ended(9), // 2
    ended(0.4, 6), // 3
    ended(undefined, 8), // 4
    ended(2), // 5
    ended(0.2, 6), // 6
  ];
  expect(fromBest(history)).toEqual([5, 2, 6, 3, 1, 0, 4]);
});

test("of equals the earlier comes first", () => {
  expect(fromBest([ended(1), ended(0), ended(1), ended(0)])).toEqual([1, 3, 0, 2]);
});
