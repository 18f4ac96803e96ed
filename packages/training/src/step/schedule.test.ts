import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, toySpec, copyWeights } from "../testing/toy-training.ts";
import { Evaluator } from "../evaluate.ts";
import { train } from "../train.ts";

const warmup = { epochs: 0, steps: 0, from: 0 };

/** Returns the weights after some epochs with this learning rate and schedule. */
async function weightsAfter(learningRate: number, schedule: object, epochs = 3) {
  const { network, config } = await createToyTraining({
    optimizer: { ...toySpec.optimizer, learningRate },
    schedule: { ...toySpec.schedule, ...schedule },
  });
  const validation = new Evaluator(config.split, config.images);
  await train(network, { ...config, epochs, validation }, createSilentObserver());
  return copyWeights(network);
}

test("a schedule multiplies the learning rate of each step", async () => {
  const { network, config } = await createToyTraining();
  const factors: number[] = [];
  const optimizer = { state: [], step: (factor: number) => void factors.push(factor) };
  const createSchedule: typeof network.createSchedule = ({ totalSteps, stepsPerEpoch }) => ({
    factor: (step) => totalSteps * 1000 + stepsPerEpoch * 100 + step,
  });
  await train({ ...network, optimizer, createSchedule }, { ...config, epochs: 2 }, createSilentObserver());
  // 40 images in batches of 7 make six steps.
  expect(factors).toEqual(Array.from({ length: 12 }, (_, step) => 12_600 + step));
});

test("a schedule receives the validation metrics after each epoch", async () => {
  // After the second epoch, whose accuracy is not twice that of the first, the factor is nearly 0, so the
  // weights no longer change.
  const stop = { type: "reduce-on-plateau", metric: "accuracy", gamma: 1e-45, patience: 0, threshold: 0.99 };
  const schedule = { ...stop, cooldown: 0, end: 0, warmup };
  expect(await weightsAfter(0.5, schedule, 5)).toEqual(await weightsAfter(0.5, schedule, 2));
  expect(await weightsAfter(0.5, schedule, 2)).not.toEqual(await weightsAfter(0.5, schedule, 1));
});

test("a warm-up from 1 that is longer than training is a constant factor of 1", async () => {
  const warm = { type: "constant", warmup: { epochs: 100, steps: 0, from: 1 } };
  expect(await weightsAfter(0.5, warm)).toEqual(await weightsAfter(0.5, { type: "constant" }));
});
