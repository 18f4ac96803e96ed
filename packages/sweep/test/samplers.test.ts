import { describe, expect, test } from "vitest";
import { functionNames } from "./functions.ts";
import { rankSumPValue } from "./rank-sum.ts";
import { optuna, computeRegrets } from "./regrets.ts";

test("the rank test agrees with SciPy (mannwhitneyu, less, asymptotic)", () => {
  const larger = [3.5, 4.5, 7, 9, 11, 12, 13, 14, 15, 16];
  expect(rankSumPValue([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], larger)).toBeCloseTo(0.008586830498, 9);
  expect(rankSumPValue([1, 1, 2, 2, 3], [1, 2, 3, 4, 4])).toBeCloseTo(0.117930655167, 9);
});

test.each(functionNames)(
  "random search is neither better nor worse than Optuna's on the same functions, %s",
  (name) => {
    // Both tails are tested: neither may be smaller.
    const theirs = optuna.regrets.random[name]["50"];
    const ours = computeRegrets("random", name, 50, Array.from(theirs.keys()));
    expect(rankSumPValue(ours, theirs)).toBeGreaterThan(0.005);
    expect(rankSumPValue(theirs, ours)).toBeGreaterThan(0.005);
  },
);

/** gp takes longer per proposal and needs fewer trials. */
const scopes = [
  { type: "tpe", trials: 100, count: 10, rival: "tpe" },
  { type: "cma-es", trials: 100, count: 10, rival: "cma-es" },
  { type: "gp", trials: 50, count: 6, rival: "tpe" },
] as const;

describe.each(scopes)("$type after $trials trials", ({ type, trials, count, rival }) => {
  test.each(functionNames)("is no worse than Optuna and better than random search, %s", (name) => {
    const options = type === "cma-es" ? {} : { generation: 1 };
    const seeds = Array.from({ length: count }, (_, seed) => seed);
    const ours = computeRegrets(type, name, trials, seeds, options);
    // A few seeds cannot show more than this. bench/samplers.ts compares the medians of 20.
    expect(rankSumPValue(optuna.regrets[rival][name][`${trials}`], ours)).toBeGreaterThan(0.005);
    expect(rankSumPValue(ours, optuna.regrets.random[name][`${trials}`])).toBeLessThan(0.01);
  });
});
