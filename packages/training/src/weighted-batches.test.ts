// A loss with class weights does not depend on the division of the images into batches.
import { createReferenceBackend } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";

import {
  createSilentObserver,
  createToyTraining,
  toySpec,
  createToySplit,
  copyWeights,
} from "./testing/toy-training.ts";
import type { TrainingSpec, TrialSpec } from "./trial-spec.ts";
import { EVALUATION_BATCH_SIZE, Evaluator } from "./evaluate.ts";
import { train } from "./train.ts";

const IMAGES = 40;
const weight = fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10);
const loss = fc.record({
  type: fc.constant("cross-entropy"),
  labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
  classWeights: fc.tuple(weight, weight, weight),
});

async function built(changes: Partial<TrialSpec>, count = IMAGES) {
  const backend = createReferenceBackend("float64");
  const regularizer = { l1: 0.001, l2: 0.01 };
  const layers = toySpec.model.layers.map((layer) =>
    layer.type === "dense" ? { ...layer, regularizer } : layer,
  );
  const model = { ...toySpec.model, layers };
  return createToyTraining({ model, ...changes }, { backend, split: createToySplit(count) });
}

test("the same images in another order have the same loss and accuracy", async () => {
  const count = 2 * EVALUATION_BATCH_SIZE + 33;
  const orders = fc.shuffledSubarray([...Array(count).keys()], { minLength: count });
  await fc.assert(
    fc.asyncProperty(loss, orders, async (weighted, order) => {
      const { network, config } = await built({ loss: weighted }, count);
      const sorted = [...order].sort((a, b) => config.split.labels[a]! - config.split.labels[b]!);
      const [mixed, byClass] = [
        await new Evaluator(config.split, Int32Array.from(order)).evaluate(
          network,
          createSilentObserver().yielder,
        ),
        await new Evaluator(config.split, Int32Array.from(sorted)).evaluate(
          network,
          createSilentObserver().yielder,
        ),
      ];
      expect(mixed.loss).toBeCloseTo(byClass.loss, 10);
      expect(mixed.accuracy).toBe(byClass.accuracy);
    }),
    { numRuns: 20 },
  );
});

test("the mean of an epoch is the mean over all its images, for any batches", async () => {
  await fc.assert(
    fc.asyncProperty(loss, fc.integer({ min: 1, max: IMAGES }), async (weighted, batchSize) => {
      const training = { ...toySpec.training, epochs: 1, batchSize, shuffle: true };
      const optimizer = { ...toySpec.optimizer, learningRate: 0 };
      const { network, config } = await built({ loss: weighted, training, optimizer });
      const whole = await new Evaluator(config.split, config.images).evaluate(
        network,
        createSilentObserver().yielder,
      );
      const { epochs } = await train(network, config, createSilentObserver());
      expect(epochs[0]!.train.loss).toBeCloseTo(whole.loss, 10);
    }),
    { numRuns: 30 },
  );
});

test("accumulated batches are equivalent to one batch, including regularizers and a shorter last batch", async () => {
  const weightsAfter = async (weighted: TrialSpec["loss"], changes: Partial<TrainingSpec>) => {
    const training = { ...toySpec.training, epochs: 2, shuffle: false, ...changes };
    const { network, config } = await built({ loss: weighted, training });
    await train(network, config, createSilentObserver());
    return Object.values(copyWeights(network)).flat();
  };
  const steps = fc.record({
    batchSize: fc.integer({ min: 1, max: IMAGES }),
    accumulate: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(loss, steps, async (weighted, { batchSize, accumulate }) => {
      const collected = await weightsAfter(weighted, { batchSize, accumulate });
      const whole = await weightsAfter(weighted, { batchSize: Math.min(batchSize * accumulate, IMAGES) });
      for (const [i, value] of collected.entries()) expect(value).toBeCloseTo(whole[i]!, 9);
    }),
    { numRuns: 30 },
  );
});

test("a batch of one image has the same loss for any weight of its class", async () => {
  const weightsAfter = async (classWeights: readonly number[], accumulate: number) => {
    const training = { ...toySpec.training, epochs: 1, batchSize: 1, accumulate };
    const { network, config } = await createToyTraining({
      loss: { type: "cross-entropy", labelSmoothing: 0, classWeights },
      training,
    });
    await train(network, config, createSilentObserver());
    return Object.values(copyWeights(network)).flat();
  };
  const distance = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  const [even, uneven] = [
    [1, 1, 1],
    [1, 9, 1],
  ];
  expect(distance(await weightsAfter(even, 1), await weightsAfter(uneven, 1))).toBeLessThan(1e-5);
  expect(distance(await weightsAfter(even, 4), await weightsAfter(uneven, 4))).toBeGreaterThan(1e-2);
});
