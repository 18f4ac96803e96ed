import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, toySpec } from "../testing/toy-training.ts";
import { createEarlyStopping, findRestoredEpoch, type EarlyStoppingOptions } from "./early-stopping.ts";
import { Evaluator } from "../evaluate.ts";
import { train } from "../train.ts";

const options: EarlyStoppingOptions = { metric: "loss", patience: 2, minDelta: 0 };

/** Returns a trial of so many epochs with early stopping. */
function trialOf(epochs: number, changes: Partial<EarlyStoppingOptions>) {
  const earlyStopping = { ...options, ...changes };
  return { spec: { ...toySpec, training: { ...toySpec.training, epochs, earlyStopping } } };
}

/**
 * Returns the epoch after which training with these losses ends (0 for none), and the epoch whose weight is
 * restored.
 */
function stop(losses: readonly number[], changes: Partial<EarlyStoppingOptions> = {}) {
  const backend = createReferenceBackend("float64");
  const [value, gradient] = [backend.allocate([1]), backend.allocate([1])];
  const model = { parameters: [{ name: "weight", value, gradient }], buffers: [] };
  const stopping = createEarlyStopping({ ...options, ...changes }, backend, model);
  const over = losses.findIndex((loss, index) => {
    value.data[0] = index + 1;
    stopping.afterEpoch(index + 1, { loss, accuracy: loss });
    return stopping.isOver(index + 1);
  });
  const restored = stopping.restore();
  expect(value.data[0]).toBe(restored);
  const count = over < 0 ? losses.length : over + 1;
  const epochs = losses.slice(0, count).map((loss, index) => {
    const measured = { loss, accuracy: loss };
    return { epoch: index + 1, train: measured, validation: measured };
  });
  expect(findRestoredEpoch(epochs, trialOf(losses.length, changes))).toBe(restored);
  expect(findRestoredEpoch(epochs.slice(0, -1), trialOf(losses.length, changes))).toBeUndefined();
  return { over: over + 1, restored };
}

test("training ends after `patience` epochs without improvement, with the weights of the best epoch", () => {
  expect(stop([5, 4, 4.5, 3, 3, 3.5, 1])).toEqual({ over: 6, restored: 4 });
});

test("training ends after epoch 1 + patience at the earliest, because the first epoch is an improvement", () => {
  for (const patience of [1, 2, 5]) {
    const losses = Array.from({ length: 8 }, (_, index) => index);
    expect(stop(losses, { patience })).toEqual({ over: 1 + patience, restored: 1 });
  }
});

test("a larger accuracy is better", () => {
  expect(stop([0.5, 0.6, 0.6, 0.55], { metric: "accuracy" })).toEqual({ over: 4, restored: 2 });
});

test("an improvement by less than minDelta does not count", () => {
  expect(stop([5, 4.9, 4.8], { minDelta: 0.5 })).toEqual({ over: 3, restored: 1 });
});

test("a training run that reaches its last epoch also ends with the weights of the best epoch", () => {
  expect(stop([5, 4, 4.5])).toEqual({ over: 0, restored: 2 });
});

test("after training ended early, the network has the metrics of the best epoch", async () => {
  // Steps so large that the loss oscillates.
  const { network, config } = await createToyTraining({
    optimizer: { type: "sgd", learningRate: 4, momentum: 0, nesterov: false, weightDecay: 0 },
  });
  const validation = new Evaluator(config.split, config.images);
  const settings = { ...config, epochs: 50, validation, earlyStopping: { ...options, patience: 3 } };
  const training = await train(network, settings, createSilentObserver());
  const restored = training.status === "completed" ? training.restored! : 0;
  expect(training.epochs).toHaveLength(restored + 3);
  expect(training.epochs.length).toBeLessThan(50);
  const best = training.epochs[restored - 1]!.validation!;
  expect(best.loss).toBe(Math.min(...training.epochs.map((epoch) => epoch.validation!.loss)));
  expect(await validation.evaluate(network, createSilentObserver().yielder)).toEqual(best);
});

test("with an average, early stopping keeps the averaged weights that were validated", async () => {
  const { network, config } = await createToyTraining({
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
  const training = await train(network, settings, createSilentObserver());
  const restored = training.status === "completed" ? training.restored! : 0;
  expect(restored).toBeLessThan(training.epochs.length);
  expect(await validation.evaluate(network, createSilentObserver().yielder)).toEqual(
    training.epochs[restored - 1]!.validation,
  );
});
