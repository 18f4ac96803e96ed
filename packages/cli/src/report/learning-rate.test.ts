import type { ReportTrial } from "@nn/report";
import type { TrialSpec } from "@nn/training";
import { expect, test } from "vitest";

import { computeLearningRates } from "./learning-rate.ts";

const spec: TrialSpec = {
  dataset: { type: "mnist", validation: 0, normalize: false },
  model: { initializer: { type: "he" }, layers: [] },
  loss: { type: "cross-entropy" },
  optimizer: { type: "sgd", learningRate: 0.5 },
  schedule: { type: "step", stepSize: 2, gamma: 0.1, warmup: { epochs: 0, steps: 0, from: 0 } },
  training: { epochs: 4, batchSize: 50, shuffle: true },
};

function trial(losses: readonly number[]): ReportTrial {
  return {
    number: 7,
    configuration: 0,
    status: "completed",
    seed: 1,
    values: [],
    epochs: losses.length,
    ownEpochs: losses.length,
    bestEpoch: null,
    parameters: null,
    multiplyAdds: null,
    train: null,
    validation: null,
    test: null,
    seconds: null,
    parent: null,
    reason: null,
    history: {
      epoch: losses.map((_, at) => at + 1),
      trainLoss: losses,
      trainAccuracy: losses,
      validationLoss: losses,
      validationAccuracy: losses,
    },
  };
}

test("the learning rate follows the schedule, step by step", () => {
  // 100 images in batches of 50: two steps per epoch. The rate drops to a tenth after two epochs.
  const { points } = computeLearningRates(spec, trial([4, 3, 2, 1]), 100)!;
  expect(points).toEqual([
    [0, 0.5],
    [0.5, 0.5],
    [1, 0.5],
    [1.5, 0.5],
    [2, 0.05],
    [2.5, 0.05],
    [3, 0.05],
    [3.5, 0.05],
  ]);
});

test("a schedule that reacts to the validation loss gets the losses of the trial", () => {
  const schedule = {
    type: "reduce-on-plateau",
    metric: "loss",
    gamma: 0.5,
    patience: 0,
    threshold: 0,
    cooldown: 0,
    end: 0,
    warmup: { epochs: 0, steps: 0, from: 0 },
  };
  const { points } = computeLearningRates({ ...spec, schedule }, trial([4, 5, 3, 3]), 50)!;
  expect(points.map(([, rate]) => rate)).toEqual([0.5, 0.5, 0.25, 0.25]);
});

test("a warm-up that ends between two points of the curve ends in the same epoch as in the training", () => {
  const schedule = {
    type: "reduce-on-plateau",
    metric: "loss",
    gamma: 0.5,
    patience: 0,
    threshold: 0,
    cooldown: 0,
    end: 0,
    warmup: { epochs: 0, steps: 97, from: 1 },
  };
  // 100 steps per epoch; every fifth is a point. The loss of epoch 1 counts, so that of epoch 2 is worse.
  const losses = [4, 5, 3, 2, 1, 1, 1, 1, 1, 1];
  const { points } = computeLearningRates({ ...spec, schedule }, trial(losses), 5000)!;
  expect(points.find(([, rate]) => rate < 0.5)).toEqual([2, 0.25]);
});

test("a constant learning rate, and one of a custom schedule, are left out", () => {
  const constant = { type: "constant", warmup: { epochs: 0, steps: 0, from: 0 } };
  expect(computeLearningRates({ ...spec, schedule: constant }, trial([1, 1]), 100)).toBeUndefined();
  expect(
    computeLearningRates({ ...spec, schedule: { type: "./mine.ts" } }, trial([1, 1]), 100),
  ).toBeUndefined();
});
