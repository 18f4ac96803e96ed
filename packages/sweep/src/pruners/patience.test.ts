import fc from "fast-check";
import { expect, test } from "vitest";
import { testPruner } from "../testing.ts";
import { countTrainedEpochs } from "../testing/scheduler.ts";
import { checkPruner, createPruner } from "../prune.ts";
import { patience } from "./patience.ts";

testPruner(
  patience,
  fc.record({
    patience: fc.integer({ min: 1, max: 5 }),
    minDelta: fc.constantFrom(0, 1),
  }),
);

const context = { epochs: 8, generations: [2], goal: "minimize" } as const;

function trained(patience: number, minDelta: number, objectives: readonly (number | undefined)[]): number {
  const pruner = createPruner({ type: "patience", patience, minDelta }, context);
  const objective = (c: number, epoch: number): number | undefined =>
    c === 0 ? 0 - epoch : objectives[epoch - 1];
  const [other, own] = countTrainedEpochs(pruner, context, objective);
  expect(other).toBe(8); // it improves in each epoch, and the other configuration does not matter
  return own!;
}

test("stops after `patience` epochs in a row without improvement", () => {
  expect(trained(2, 0, [5, 4, 4, 3, 3, 4, 1])).toBe(6);
  expect(trained(3, 0, [5, 4, 4, 3, 3, 4, 1])).toBe(8);
});

test("an improvement of exactly minDelta does not count", () => {
  expect(trained(2, 1, [5, 4, 4.5, 0, 0, 0, 0])).toBe(3);
  expect(trained(2, 0.5, [5, 4, 3.6, 3.2, 2, 1, 0])).toBe(8);
});

test("an epoch without an objective counts as one without improvement", () => {
  expect(trained(2, 0, [5, undefined, 4, undefined, undefined, 3, 2])).toBe(5);
  expect(trained(3, 0, [])).toBe(3);
});

test.each([
  [8, 8, "8 epochs; make it smaller than training.epochs − 1"],
  [7, 8, "8 epochs; make it smaller than training.epochs − 1"],
  [1, 2, "2 epochs; make training.epochs at least patience + 2"],
  [1, 1, "1 epoch; make training.epochs at least patience + 2"],
])("a patience of %i in %i epochs stops nothing, which is a problem", (patience, epochs, rest) => {
  expect(checkPruner({ type: "patience", patience, minDelta: 0 }, { ...context, epochs })).toEqual([
    { path: ["patience"], message: `patience of ${patience} stops nothing in a training run of ${rest}` },
  ]);
});

test("the greatest patience that is no problem stops a configuration before its last epoch", () => {
  expect(checkPruner({ type: "patience", patience: 6, minDelta: 0 }, context)).toEqual([]);
  const worsening = [0, 1, 2, 3, 4, 5, 6, 7];
  expect(trained(6, 0, worsening)).toBe(7);
  expect(trained(7, 0, worsening)).toBe(8);
});

test("a minDelta that no improvement can exceed is a problem", () => {
  const check = (minDelta: number): object[] =>
    checkPruner({ type: "patience", patience: 2, minDelta }, { ...context, metricRange: [0, 1] });
  expect(check(1)).toEqual([
    {
      path: ["minDelta"],
      message: "the metric goes from 0 to 1, so no value can be better by more than 1; make minDelta smaller",
    },
  ]);
  expect(check(0.5)).toEqual([]);
});
