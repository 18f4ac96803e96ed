import { expect, test } from "vitest";

import { testSchedule } from "../testing.ts";
import { multiStep } from "./multi-step.ts";

testSchedule(multiStep, [{ milestones: [2, 5] }, { milestones: [7, 1, 3], gamma: 0.5 }]);

const context = { totalSteps: 30, stepsPerEpoch: 10 };
const warmup = { epochs: 0, steps: 0, from: 0 };

test.each([
  // The order of milestones does not matter: the first drop is at the smallest one.
  [{ milestones: [60, 2, 30], gamma: 0.1, warmup }, []],
  [
    { milestones: [60, 3, 30], gamma: 0.1, warmup },
    [
      "the schedule multi-step first drops the learning rate after epoch 3, but the training ends before that",
    ],
  ],
])("gives a notice if %j never drops in three epochs", (options, notices) => {
  expect(multiStep.notices?.(options, context)).toEqual(notices);
});
