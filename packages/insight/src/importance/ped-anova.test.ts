import type { Domains, FinishedTrial } from "@nn/sweep";
import { expect, test } from "vitest";

import { readGolden } from "../../test/golden.ts";
import { pedAnova } from "./ped-anova.ts";

interface Golden {
  readonly name: string;
  readonly quantile: number;
  readonly domains: Domains;
  readonly trials: readonly FinishedTrial[];
  readonly importances: Readonly<Record<"local" | "space", Readonly<Record<string, number>>>>;
}
const golden: readonly Golden[] = readGolden("ped-anova");

test.each(golden)("$name: importances are Optuna's", ({ trials, domains, quantile, importances }) => {
  for (const evaluateOnLocal of [true, false]) {
    const ours = pedAnova(trials, domains, { quantile, evaluateOnLocal });
    const theirs = importances[evaluateOnLocal ? "local" : "space"];
    expect([...ours.keys()]).toEqual(Object.keys(domains));
    for (const [name, importance] of ours) expect(importance).toBeCloseTo(theirs[name]!, 12);
  }
});

const domains: Domains = { x: { type: "int", min: 0, max: 9 }, kind: ["a", "b"], only: ["one"] };
const trials: readonly FinishedTrial[] = Array.from({ length: 100 }, (_, index) => ({
  parameters: { x: index % 10, kind: index % 20 < 10 ? "a" : "b", only: "one" },
  objective: index % 10,
}));

test("only the parameter that affects the objective is important", () => {
  const importances = pedAnova(trials, domains);
  expect([...importances.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(importances.get("x")).toBeGreaterThan(0.95);
  expect(importances.get("only")).toBe(0);
});

test("equal trials beyond the quantile are among the best, and without others nothing is important", () => {
  // The ten trials with x = 0 are the best, for every quantile up to a tenth.
  expect(pedAnova(trials, domains, { quantile: 0.01 })).toEqual(pedAnova(trials, domains));
  const equal = trials.map((trial) => ({ ...trial, objective: 1 }));
  expect([...pedAnova(equal, domains).values()]).toEqual([0, 0, 0]);
});

test("pruned and diverged trials are never among the best, but count among all", () => {
  const stopped = trials.map((trial) =>
    trial.objective! < 5
      ? trial
      : { ...trial, objective: trial.objective! % 2 ? undefined : -1, prunedAfter: 1 },
  );
  expect(pedAnova(stopped, domains)).toEqual(pedAnova(trials, domains));
});

test("conditional parameters are left out", () => {
  const without = { parameters: { x: 3, only: "one" }, objective: 3 };
  expect([...pedAnova([without, ...trials], domains).keys()]).toEqual(["x", "only"]);
});

test("refuses runs without completed trials, and quantiles without trials", () => {
  expect(() => pedAnova([{ parameters: { x: 1 }, objective: NaN }, trials[0]!], domains)).toThrow(
    new RangeError("pedAnova: at least two trials must have completed with a finite objective, got 1."),
  );
  expect(() => pedAnova(trials, domains, { quantile: 1 })).toThrow(
    "quantile must be between 0 and 1, got 1.",
  );
});
