import { expect, test } from "vitest";

import { testSchedule } from "../testing.ts";
import { reduceOnPlateau } from "./reduce-on-plateau.ts";

testSchedule(reduceOnPlateau, [
  {},
  { patience: 0, cooldown: 2 },
  { metric: "accuracy", patience: 1, end: 0.1 },
]);

test("lowers the factor only after too many epochs without improvement", () => {
  const options = {
    metric: "loss",
    gamma: 0.5,
    patience: 1,
    threshold: 0,
    cooldown: 0,
    end: 0,
    warmup: { epochs: 0, steps: 0, from: 0 },
  } as const;
  const schedule = reduceOnPlateau.build(options, { totalSteps: 8, stepsPerEpoch: 1 });
  const factors = [1, 0.9, 0.8, 0.8, 0.8, 0.7, 0.7, 0.7].map((loss) => {
    schedule.onEpoch?.({ loss, accuracy: 0 });
    return schedule.factor(0);
  });
  expect(factors).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]);
});

test("epochs of the warm-up are not counted", () => {
  const schedule = reduceOnPlateau.build(
    {
      metric: "loss",
      gamma: 0.5,
      patience: 0,
      threshold: 0,
      cooldown: 0,
      end: 0,
      warmup: { epochs: 2, steps: 0, from: 0 },
    },
    { totalSteps: 5, stepsPerEpoch: 1 },
  );
  const factors = [1, 1, 1, 1, 1].map((loss, step) => {
    const factor = schedule.factor(step);
    schedule.onEpoch?.({ loss, accuracy: 0 });
    return factor;
  });
  expect(factors).toEqual([0, 0.5, 1, 1, 0.5]);
});

test.each([
  [0, []],
  [
    1,
    [
      "the schedule reduce-on-plateau can first drop the learning rate after epoch 3, but the training ends " +
        "before that",
    ],
  ],
])("with a patience of %i, three epochs give the notices %j", (patience, notices) => {
  const options = {
    metric: "loss",
    gamma: 0.1,
    patience,
    threshold: 0,
    cooldown: 0,
    end: 0,
    warmup: { epochs: 0, steps: 0, from: 0 },
  } as const;
  expect(reduceOnPlateau.notices?.(options, { totalSteps: 30, stepsPerEpoch: 10 })).toEqual(notices);
});
