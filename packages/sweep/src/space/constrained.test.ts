import { expect, test } from "vitest";

import type { Proposal } from "../sampler.ts";
import { drawUntilSatisfied } from "./constrained.ts";

/** Returns the proposals with x = 0, 1, 2, … of a sequence that is `times` as long as the first one. */
function sequence(length: number) {
  const lengths: number[] = [];
  const next = (times: number): Proposal[] => {
    lengths.push(length * times);
    // Longer than any limit: fails instead of taking all memory.
    expect(length * times).toBeLessThan(500_000);
    return Array.from({ length: length * times }, (_, x) => ({ parameters: { x } }));
  };
  return { next, lengths };
}

const valuesOf = (proposals: readonly Proposal[]) => proposals.map(({ parameters }) => parameters["x"]);

test("the first proposals that satisfy the constraints are taken from the shortest sufficient sequence", () => {
  const { next, lengths } = sequence(3);
  expect(valuesOf(drawUntilSatisfied(next, ({ x }) => Number(x) % 4 === 3))).toEqual([3, 7, 11]);
  expect(lengths).toEqual([3, 6, 12]);
});

test("if even the longest sequence has too few, others from its start fill the list", () => {
  const { next, lengths } = sequence(3);
  expect(valuesOf(drawUntilSatisfied(next, ({ x }) => x === 1000))).toEqual([1000, 0, 1]);
  expect(lengths.at(-1)).toBe(3 * 1024);
});

test("no sequence is longer than 200,000 proposals", () => {
  const { next, lengths } = sequence(60_000);
  expect(drawUntilSatisfied(next, ({ x }) => x === 0)).toHaveLength(60_000);
  expect(lengths).toEqual([60_000, 120_000]);
});
