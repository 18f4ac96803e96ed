import { expect, test } from "vitest";

import { testSchedule } from "../testing.ts";
import { exponential } from "./exponential.ts";

testSchedule(exponential, [{ gamma: 0.9 }, { gamma: 0.5, staircase: false }]);

test.each([
  [
    true,
    10,
    [
      "the schedule exponential first drops the learning rate after epoch 1, but the training ends before that",
    ],
  ],
  [true, 20, []],
  [false, 10, []],
])("with staircase: %s, %i steps of 10 per epoch give the notices %j", (staircase, totalSteps, notices) => {
  const options = { gamma: 0.9, staircase, warmup: { epochs: 0, steps: 0, from: 0 } };
  expect(exponential.notices?.(options, { totalSteps, stepsPerEpoch: 10 })).toEqual(notices);
});
