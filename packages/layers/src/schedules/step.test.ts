import { expect, test } from "vitest";

import { testSchedule } from "../testing.ts";
import { step } from "./step.ts";

testSchedule(step, [{ stepSize: 3 }, { stepSize: 1, gamma: 0.9 }]);

const context = { totalSteps: 30, stepsPerEpoch: 10 };
const warmup = { epochs: 0, steps: 0, from: 0 };

test.each([
  [{ stepSize: 2, gamma: 0.1, warmup }, []],
  [
    { stepSize: 3, gamma: 0.1, warmup },
    ["the schedule step first drops the learning rate after epoch 3, but the training ends before that"],
  ],
  [
    { stepSize: 2, gamma: 0.1, warmup: { ...warmup, epochs: 1 } },
    [
      "the schedule step first drops the learning rate after epoch 2, counted from the end of its " +
        "warm-up, but the training ends before that",
    ],
  ],
  [
    { stepSize: 1, gamma: 0.1, warmup: { ...warmup, epochs: 2.5, steps: 5 } },
    [
      "the warm-up of the schedule takes 30 steps, and the training has 30 (10 per epoch): the schedule " +
        "itself never begins",
    ],
  ],
])("gives a notice if %j never drops in three epochs", (options, notices) => {
  expect(step.notices?.(options, context)).toEqual(notices);
});
