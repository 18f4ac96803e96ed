import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { runSweep, countTrainedEpochs } from "../testing/scheduler.ts";
import { checkPruner, createPruner } from "../prune.ts";
import type { PruningDecision } from "../pruner.ts";
import { asha } from "./asha.ts";

testPruner(
  asha,
  fc.record({
    eta: fc.integer({ min: 2, max: 4 }),
    minEpochs: fc.integer({ min: 1, max: 3 }),
    asynchronous: fc.constant(false),
  }),
);

const block = { type: "asha", eta: 3, minEpochs: 1, asynchronous: false };
const context = { epochs: 9, generations: [9], goal: "minimize" } as const;

const continues = (configuration: number, epoch: number): PruningDecision => ({
  configuration,
  epoch,
  continues: true,
});
const stops = (configuration: number, epoch: number): PruningDecision => ({
  configuration,
  epoch,
  continues: false,
});

/** Objectives at the rungs for n = 9, r = 1, R = 9, η = 3 of Figure 1 of Li et al. 2020. */
const objectives: Readonly<Record<number, number[]>> = {
  1: [30, 50, 60, 70, 40, 20, 80, 35, 90],
  3: [25, 0, 0, 0, 0, 18, 0, 15, 0],
};

describe.each([false, true])("nine configurations that report in order, asynchronous: %s", (asynchronous) => {
  test("the 1st, 6th and 8th are promoted after the 3rd, 6th and 9th result, then the 8th to the end", () => {
    const pruner = createPruner({ ...block, asynchronous }, context);
    const report = (configuration: number, epoch: number): PruningDecision[] =>
      pruner.report(configuration, epoch, objectives[epoch]![configuration]);
    expect([0, 1].flatMap((configuration) => report(configuration, 1))).toEqual([]);
    expect(report(2, 1)).toEqual([continues(0, 1)]);
    expect(report(0, 3)).toEqual([]);
    expect([3, 4].flatMap((configuration) => report(configuration, 1))).toEqual([]);
    expect(report(5, 1)).toEqual([continues(5, 1)]);
    expect(report(5, 3)).toEqual([]);
    expect([6, 7].flatMap((configuration) => report(configuration, 1))).toEqual([]);
    // It was the last of the generation, so a configuration that was not promoted never will be.
    expect(report(8, 1)).toEqual([continues(7, 1), ...[1, 2, 3, 4, 6, 8].map((c) => stops(c, 1))]);
    expect(report(7, 3)).toEqual([continues(7, 3), stops(0, 3), stops(5, 3)]);
    expect(pruner.end(7)).toEqual([]);
  });
});

test("a configuration among the best of the first n is promoted even if later ones are better", () => {
  // Each configuration is better than all before it, so all from the third on are promoted.
  const trained = countTrainedEpochs(createPruner(block, context), context, (c) => -c);
  expect(trained).toEqual([1, 1, 3, 3, 9, 9, 9, 9, 9]);
});

test("a result counts once all earlier ones have arrived", () => {
  const pruner = createPruner(block, context);
  expect([2, 1].flatMap((configuration) => pruner.report(configuration, 1, configuration))).toEqual([]);
  expect(pruner.report(0, 1, 7)).toEqual([continues(1, 1)]);
});

test("asynchronous: results are processed in the order in which they arrive", () => {
  const pruner = createPruner({ ...block, asynchronous: true }, context);
  for (const configuration of [8, 7]) expect(pruner.report(configuration, 1, configuration)).toEqual([]);
  expect(pruner.report(6, 1, 9)).toEqual([continues(7, 1)]);
  expect(pruner.end(0)).toEqual([]);
});

test("asynchronous: no configuration waits forever, whatever the speed of workers", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 6 }),
      (generations, picks, workers) => {
        const pick = (count: number): number => Number(picks.next().value) % count;
        const story = {
          generations,
          objective: (c: number, epoch: number) =>
            (c * 7 + epoch) % 5 === 0 ? undefined : (c * 31 + epoch) % 17,
          failsIn: (c: number) => (c % 6 === 1 ? 2 : Infinity),
        };
        const pruner = createPruner(
          { ...block, asynchronous: true },
          { ...context, epochs: 28, generations },
        );
        expect(() => runSweep(pruner, story, workers, pick)).not.toThrow();
      },
    ),
  );
});

test("results of earlier generations count, and a configuration stopped there is not promoted later", () => {
  const generations = [5, 2, 2];
  const pruned = { ...context, generations };
  // Of the first three, 0 continues. 3 is the second best of the first six, but was stopped. 7 is among the
  // best two of eight.
  const objective = (c: number): number => [0, 5, 6, 2, 7, 8, 9, 1, 9][c]!;
  expect(countTrainedEpochs(createPruner(block, pruned), pruned, objective)).toEqual([
    3, 1, 1, 1, 1, 1, 1, 3, 1,
  ]);
});

test("a configuration without an objective is stopped at once and counts as the worst", () => {
  const pruner = createPruner(block, context);
  expect(pruner.report(0, 1, undefined)).toEqual([stops(0, 1)]);
  expect(pruner.end(1)).toEqual([]);
  expect(pruner.report(2, 1, 5)).toEqual([continues(2, 1)]);
});

test("too few configurations to train one of them to the end are a problem", () => {
  expect(checkPruner(block, { ...context, epochs: 10, generations: [20] })).toEqual([
    {
      path: ["minEpochs"],
      message:
        "with eta = 3 and minEpochs = 1, one in 27 configurations is trained to the end, epoch 10, and " +
        "there are 20; make minEpochs greater",
    },
  ]);
  expect(checkPruner(block, context)).toEqual([]);
  expect(checkPruner({ ...block, minEpochs: 9 }, context)).toHaveLength(1);
});
