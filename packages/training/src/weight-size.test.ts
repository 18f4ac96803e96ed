import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, toySpec, copyWeights } from "./testing/toy-training.ts";
import type { TrialSpec } from "./trial-spec.ts";
import { Evaluator } from "./evaluate.ts";
import { train } from "./train.ts";

/** Returns the toy network with these additional options of its first dense layer. */
function withFirstDense(options: Record<string, unknown>): Partial<TrialSpec> {
  const [flatten, dense, ...rest] = toySpec.model.layers;
  return { model: { ...toySpec.model, layers: [flatten!, { ...dense!, ...options }, ...rest] } };
}

test("the reported loss includes the regularization penalty, in training and evaluation", async () => {
  const regularizer = { l1: 0.1, l2: 0.2 };
  const plain = await createToyTraining();
  const costly = await createToyTraining(withFirstDense({ regularizer }));
  const measure = ({ network, config }: typeof plain) =>
    new Evaluator(config.split, config.images).evaluate(network, createSilentObserver().yielder);
  const weights = copyWeights(plain.network)["layers.1.weight"]!;
  const penalty = weights.reduce((sum, w) => sum + 0.1 * Math.abs(w) + 0.2 * w * w, 0);

  const [without, withCost] = [await measure(plain), await measure(costly)];
  expect(withCost.loss - without.loss).toBeCloseTo(penalty, 12);
  expect(withCost.accuracy).toBe(without.accuracy);
  const config = { ...costly.config, epochs: 1, batchSize: 40 };
  expect((await train(costly.network, config, createSilentObserver())).epochs[0]!.train.loss).toBeCloseTo(
    withCost.loss,
    6,
  );
});

test("l1 and l2 make weights smaller, and maxNorm holds after every epoch", async () => {
  const sizeOf = async (options: Record<string, unknown>): Promise<number> => {
    const { network, config } = await createToyTraining(withFirstDense(options));
    await train(network, config, createSilentObserver());
    const columns = Array.from({ length: 6 }, () => 0);
    for (const [i, w] of copyWeights(network)["layers.1.weight"]!.entries()) columns[i % 6]! += w * w;
    return Math.sqrt(Math.max(...columns));
  };
  const free = await sizeOf({});
  expect(await sizeOf({ regularizer: { l1: 0.01, l2: 0 } })).toBeLessThan(free);
  expect(await sizeOf({ regularizer: { l1: 0, l2: 0.05 } })).toBeLessThan(free);
  expect(await sizeOf({ maxNorm: 0.5 })).toBeCloseTo(0.5, 6);
});

test("a layer's own initializer is found in the catalog", async () => {
  const own = await createToyTraining(
    withFirstDense({ initializer: { type: "truncated-normal", standardDeviation: 0.01 } }),
  );
  const weights = copyWeights(own.network);
  expect(Math.max(...weights["layers.1.weight"]!.map(Math.abs))).toBeLessThanOrEqual(0.02);
  expect(weights["layers.3.weight"]).toEqual(
    copyWeights((await createToyTraining()).network)["layers.3.weight"],
  );
});
