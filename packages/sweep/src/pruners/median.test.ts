import fc from "fast-check";
import { expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { countTrainedEpochs } from "../testing/scheduler.ts";
import { checkPruner, createPruner } from "../prune.ts";
import { median } from "./median.ts";

testPruner(
  median,
  fc.record({
    startup: fc.integer({ min: 1, max: 4 }),
    warmup: fc.integer({ min: 0, max: 4 }),
    interval: fc.integer({ min: 1, max: 4 }),
  }),
);

const block = { type: "median", startup: 2, warmup: 0, interval: 1 };
const context = { epochs: 4, generations: [6], goal: "minimize" } as const;

test("stops a configuration above the median of earlier ones after the same epoch, not an equal one", () => {
  const objectives = [1, 3, 2, 2.1, 2, 9];
  // 2 and 4 equal the median. 3 is above the median of 1, 3, 2. At later rungs, it is no longer among the
  // configurations to compare with.
  expect(countTrainedEpochs(createPruner(block, context), context, (c) => objectives[c])).toEqual([
    4, 4, 4, 1, 4, 1,
  ]);
});

test("the best objective so far counts: one bad epoch after a good one stops no configuration", () => {
  const objective = (c: number, epoch: number): number => (c < 2 ? 5 - epoch : epoch === 1 ? 1 : 100);
  const trained = countTrainedEpochs(
    createPruner(block, context),
    { ...context, generations: [3] },
    objective,
  );
  expect(trained).toEqual([4, 4, 4]);
});

test("compares every `interval` epochs after the warm-up", () => {
  const pruner = createPruner({ ...block, warmup: 2, interval: 3 }, { ...context, epochs: 12 });
  expect(pruner.rungs(0)).toEqual([5, 8, 11]);
});

test("a decision waits for all earlier configurations and for no later one", () => {
  const pruner = createPruner({ ...block, startup: 1 }, context);
  expect(pruner.report(2, 1, 9)).toEqual([]);
  expect(pruner.report(1, 1, 5)).toEqual([]);
  expect(pruner.report(0, 1, 6).map(({ configuration, continues }) => [configuration, continues])).toEqual([
    [0, true],
    [1, true],
    [2, false],
  ]);
  expect(pruner.report(1, 2, 7)).toEqual([]);
  expect(pruner.end(0)).toEqual([{ configuration: 1, epoch: 2, continues: true }]);
});

test("a configuration without an objective is stopped even within startup and not compared with", () => {
  const objectives = [undefined, 5, 4];
  const small = { ...context, generations: [3] };
  expect(countTrainedEpochs(createPruner(block, small), small, (c) => objectives[c])).toEqual([1, 4, 4]);
});

test("a first comparison that is not before the last epoch is a problem", () => {
  const [problem] = checkPruner({ ...block, warmup: 2, interval: 2 }, context);
  expect(problem).toEqual({
    path: ["warmup"],
    message:
      "no configuration is compared before epoch 4 of 4; make warmup + interval smaller than training.epochs",
  });
  expect(checkPruner({ ...block, interval: 4 }, context)[0]!.path).toEqual(["interval"]);
  expect(checkPruner({ ...block, warmup: 2 }, context)).toEqual([]);
});

test("comparing no configuration is a problem", () => {
  const small = { ...context, generations: [3, 2] };
  expect(checkPruner({ ...block, startup: 5 }, small)).toEqual([
    {
      path: ["startup"],
      message:
        "the first 5 configurations are not compared, and there are 5 in all; make startup smaller, or " +
        "leave out the pruner",
    },
  ]);
  expect(checkPruner({ ...block, startup: 4 }, small)).toEqual([]);
});
