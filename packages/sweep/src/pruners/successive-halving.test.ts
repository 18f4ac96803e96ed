import fc from "fast-check";
import { expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { tabulateBrackets, countTrainedEpochs } from "../testing/scheduler.ts";
import { checkPruner, createPruner } from "../prune.ts";
import { successiveHalving } from "./successive-halving.ts";

testPruner(
  successiveHalving,
  fc.record({
    eta: fc.integer({ min: 2, max: 4 }),
    minEpochs: fc.integer({ min: 1, max: 3 }),
  }),
);

const block = { type: "successive-halving", eta: 3, minEpochs: 1 };
const context = { epochs: 9, generations: [9], goal: "minimize" } as const;

test("n = 9, r = 1, R = 9, η = 3: brackets s = 0, 1, 2 of Li et al. 2020, Figure 1", () => {
  const tables = [1, 3, 9].map((minEpochs) =>
    tabulateBrackets(
      countTrainedEpochs(createPruner({ ...block, minEpochs }, context), context, (c) => c),
      [9],
    ),
  );
  expect(tables.flat()).toEqual([
    [
      [1, 9],
      [3, 3],
      [9, 1],
    ],
    [
      [3, 9],
      [9, 3],
    ],
    [[9, 9]],
  ]);
});

test("each rung ranks by its own objectives; among equal configurations, the earlier one continues", () => {
  const at: Readonly<Record<number, number[]>> = {
    1: [5, 1, 1, 1, 1, 9, 9, 9, 9],
    3: [0, 3, 2, 2, 0, 0, 0, 0, 0],
  };
  expect(countTrainedEpochs(createPruner(block, context), context, (c, epoch) => at[epoch]![c])).toEqual([
    1, 3, 9, 3, 1, 1, 1, 1, 1,
  ]);
});

test("each generation is a bracket, and one configuration continues even if it has fewer than η", () => {
  const generations = [2, 3, 1];
  const small = { ...context, generations };
  expect(countTrainedEpochs(createPruner(block, small), small, (c) => -c)).toEqual([1, 9, 1, 1, 9, 9]);
});

test("a decision is returned as soon as no later report can change it", () => {
  const pruner = createPruner(block, { ...context, generations: [6] });
  const decision = (configuration: number, continues: boolean): object => ({
    configuration,
    epoch: 1,
    continues,
  });
  expect(pruner.report(0, 1, 3)).toEqual([]);
  expect(pruner.report(1, 1, 2)).toEqual([]);
  expect(pruner.report(2, 1, 4)).toEqual([decision(2, false)]); // two are better, and only two continue
  expect(pruner.report(3, 1, undefined)).toEqual([decision(3, false)]);
  expect(pruner.end(4)).toEqual([decision(1, true)]); // at most one can still be better than it
  expect(pruner.report(5, 1, 5)).toEqual([decision(5, false), decision(0, true)]);
});

test("a configuration that has ended counts as the worst: no other continues in its place", () => {
  const pruner = createPruner(block, { ...context, generations: [6] });
  for (const configuration of [0, 1, 2, 3, 4]) pruner.end(configuration);
  expect(pruner.report(5, 1, 5)).toEqual([{ configuration: 5, epoch: 1, continues: true }]);
  expect(pruner.report(5, 3, 5)).toEqual([{ configuration: 5, epoch: 3, continues: true }]);
});

test("a first rung that is not before the last epoch is a problem", () => {
  expect(checkPruner({ ...block, minEpochs: 9 }, context)).toEqual([
    {
      path: ["minEpochs"],
      message: "nothing can be stopped after epoch 9 of 9; make minEpochs smaller than training.epochs",
    },
  ]);
  expect(checkPruner({ ...block, minEpochs: 8 }, context)).toEqual([]);
});
