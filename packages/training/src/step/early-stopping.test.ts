import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { silent, toy } from "../testing/toy-training.ts";
import { createEarlyStopping, type EarlyStoppingOptions } from "./early-stopping.ts";
import { Evaluator } from "../evaluate.ts";
import { train } from "../train.ts";

const options: EarlyStoppingOptions = { metric: "loss", patience: 2, minDelta: 0 };

/**
 * After which epoch a training with these losses is over, if it is, and which epoch's weight is taken back.
 */
function stop(losses: readonly number[], changes: Partial<EarlyStoppingOptions> = {}) {
  const backend = createReferenceBackend("float64");
  const [value, gradient] = [backend.allocate([1]), backend.allocate([1])];
  const model = { parameters: [{ name: "weight", value, gradient }], state: [] };
  const stopping = createEarlyStopping({ ...options, ...changes }, backend, model);
  const over = losses.findIndex((loss, index) => {
    value.data[0] = index + 1;
    stopping.afterEpoch(index + 1, { loss, accuracy: loss });
    return stopping.isOver(index + 1);
  });
  const restored = stopping.restore();
  expect(value.data[0]).toBe(restored);
  return { over: over + 1, restored };
}

test("training ends after that many epochs without a better loss, with the weights of the best", () => {
  expect(stop([5, 4, 4.5, 3, 3, 3.5, 1])).toEqual({ over: 6, restored: 4 });
});

test("an accuracy is better when it is larger", () => {
  expect(stop([0.5, 0.6, 0.6, 0.55], { metric: "accuracy" })).toEqual({ over: 4, restored: 2 });
});

test("what is better by less than minDelta does not count", () => {
  expect(stop([5, 4.9, 4.8], { minDelta: 0.5 })).toEqual({ over: 3, restored: 1 });
});

test("a training that reaches its end keeps the weights of the best epoch all the same", () => {
  expect(stop([5, 4, 4.5])).toEqual({ over: 0, restored: 2 });
});

test("train ends early, and what the network then says is what was measured after the best epoch", async () => {
  // Steps so large that the loss goes up and down.
  const { network, config } = await toy({
    optimizer: { type: "sgd", learningRate: 4, momentum: 0, nesterov: false, weightDecay: 0 },
  });
  const validation = new Evaluator(config.split, config.images);
  const settings = { ...config, epochs: 50, validation, earlyStopping: { ...options, patience: 3 } };
  const training = await train(network, settings, silent());
  const restored = training.status === "completed" ? training.restored! : 0;
  expect(training.epochs).toHaveLength(restored + 3);
  expect(training.epochs.length).toBeLessThan(50);
  const best = training.epochs[restored - 1]!.validation!;
  expect(best.loss).toBe(Math.min(...training.epochs.map((epoch) => epoch.validation!.loss)));
  expect(await validation.evaluate(network, silent().yielder)).toEqual(best);
});

test("with an average, the weights that are kept are the averaged ones that were validated", async () => {
  const { network, config } = await toy({
    optimizer: { type: "sgd", learningRate: 4, momentum: 0, nesterov: false, weightDecay: 0 },
  });
  const validation = new Evaluator(config.split, config.images);
  const settings = {
    ...config,
    epochs: 50,
    validation,
    earlyStopping: { ...options, patience: 3 },
    average: { type: "ema", decay: 0.9 },
  };
  const training = await train(network, settings, silent());
  const restored = training.status === "completed" ? training.restored! : 0;
  expect(restored).toBeLessThan(training.epochs.length);
  expect(await validation.evaluate(network, silent().yielder)).toEqual(
    training.epochs[restored - 1]!.validation,
  );
});
