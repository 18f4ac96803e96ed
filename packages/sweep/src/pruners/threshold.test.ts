import fc from "fast-check";
import { expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { checkPruner, createPruner } from "../prune.ts";
import type { PruningContext } from "../pruner.ts";
import { toObjective, type Goal } from "../rank.ts";
import { threshold } from "./threshold.ts";

testPruner(
  threshold,
  fc.record({
    above: fc.integer({ min: 2, max: 4 }),
    below: fc.integer({ min: -4, max: 1 }),
    from: fc.integer({ min: 1, max: 5 }),
  }),
);

const context: PruningContext = { epochs: 10, generations: [1], goal: "minimize" };

function continues(options: object, goal: Goal, epoch: number, metric: number | undefined): boolean {
  const pruner = createPruner({ type: "threshold", from: 1, ...options }, { ...context, goal });
  return pruner.report(0, epoch, toObjective(metric, goal))[0]!.continues;
}

test.each(["minimize", "maximize"] as const)(
  "bounds apply to the metric, not to the objective: %s",
  (goal) => {
    expect([0.1, 0.2, 0.3, 0.4, 0.5].map((m) => continues({ below: 0.2, above: 0.4 }, goal, 1, m))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect([-9, 0.2, 9].map((metric) => continues({ below: 0.2 }, goal, 1, metric))).toEqual([
      false,
      true,
      true,
    ]);
    expect([-9, 0.4, 9].map((metric) => continues({ above: 0.4 }, goal, 1, metric))).toEqual([
      true,
      true,
      false,
    ]);
  },
);

test("bounds apply from an epoch on; a configuration without an objective is stopped even before it", () => {
  expect(continues({ below: 0.5, from: 3 }, "maximize", 2, 0.1)).toBe(true);
  expect(continues({ below: 0.5, from: 3 }, "maximize", 3, 0.1)).toBe(false);
  expect(continues({ below: 0.5, from: 3 }, "maximize", 1, NaN)).toBe(false);
});

test("no bound, bounds that exclude everything, and bounds that apply too late are problems", () => {
  const check = (options: object): object[] =>
    checkPruner({ type: "threshold", from: 1, ...options }, context);
  expect(check({})).toEqual([{ path: [], message: "no bound is set; set above, below or both" }]);
  expect(check({ above: 1, below: 2 })).toEqual([
    {
      path: ["above"],
      message: "every metric is above 1 or below 2; make above greater than below",
    },
  ]);
  expect(check({ above: 1, from: 10 })).toEqual([
    {
      path: ["from"],
      message: "nothing can be stopped after epoch 10 of 10; make from smaller than training.epochs",
    },
  ]);
  expect(check({ above: 1, below: 1, from: 9 })).toEqual([]);
});

test("a bound that stops everything, or nothing, is a problem", () => {
  const check = (options: object): string[] =>
    checkPruner(
      { type: "threshold", from: 1, ...options },
      { ...context, goal: "maximize", metricRange: [0, 1] },
    ).map(({ path, message }) => `${path.join()}: ${message}`);
  expect([1.5, 100].flatMap((below) => check({ below }))).toEqual([
    "below: the metric goes from 0 to 1, so this bound stops everything; for 1.5 %, write 0.015",
    "below: the metric goes from 0 to 1, so this bound stops everything; for 100 %, write 1",
  ]);
  expect([{ below: 97.5 }, { below: 0 }, { above: 1 }, { above: -1 }].flatMap(check)).toEqual([
    "below: the metric goes from 0 to 1, so this bound stops everything; for 97.5 %, write 0.975",
    "below: the metric goes from 0 to 1, so this bound stops nothing; make it a number between the two",
    "above: the metric goes from 0 to 1, so this bound stops nothing; make it a number between the two",
    "above: the metric goes from 0 to 1, so this bound stops everything; make it a number between the two",
  ]);
  expect([{ below: 1 }, { above: 0 }, { below: 0.1, above: 0.9 }].flatMap(check)).toEqual([]);
  expect(checkPruner({ type: "threshold", from: 1, above: 10 }, context)).toEqual([]);
});
