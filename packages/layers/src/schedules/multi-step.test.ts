import { expect, test } from "vitest";

import { testSchedule } from "../testing.ts";
import { multiStep } from "./multi-step.ts";

testSchedule(multiStep, [{ milestones: [2, 5] }, { milestones: [7, 1, 3], gamma: 0.5 }]);

const context = { totalSteps: 30, stepsPerEpoch: 10 };
const warmup = { epochs: 0, steps: 0, from: 0 };

test.each([
  // The order does not matter: it drops once, at the lowest.
  [{ milestones: [60, 2, 30], gamma: 0.1, warmup }, []],
  [
    { milestones: [60, 3, 30], gamma: 0.1, warmup },
    ["the schedule multi-step first drops the learning rate after epoch 3, and the training is over by then"],
  ],
])("what %j never comes to in three epochs is told", (options, notices) => {
  expect(multiStep.notices?.(options, context)).toEqual(notices);
});
