import { expect, test } from "vitest";
import { argsortTrials } from "./argsort-trials.ts";
import type { FinishedTrial } from "../../sampler.ts";

const ended = (objective: number | undefined, prunedAfter?: number): FinishedTrial =>
  prunedAfter === undefined ? { parameters: {}, objective } : { parameters: {}, objective, prunedAfter };

test("completed trials come first, then pruned ones by epochs, then those without an objective", () => {
  const history = [
    ended(undefined), // 0
    ended(0.1, 3), // 1
    ended(9), // 2
    ended(0.4, 6), // 3
    ended(undefined, 8), // 4
    ended(2), // 5
    ended(0.2, 6), // 6
  ];
  expect(argsortTrials(history)).toEqual([5, 2, 6, 3, 1, 0, 4]);
});

test("among equal trials, the earlier comes first", () => {
  expect(argsortTrials([ended(1), ended(0), ended(1), ended(0)])).toEqual([1, 3, 0, 2]);
});
