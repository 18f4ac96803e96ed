import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, toySpec, copyWeights } from "../testing/toy-training.ts";
import type { TrainingSpec } from "../trial-spec.ts";
import { train } from "../train.ts";

/** Returns the weights after two epochs in file order, in float64. */
async function weightsAfter(changes: Partial<TrainingSpec>) {
  const training = { ...toySpec.training, shuffle: false, epochs: 2, ...changes };
  const { network, config } = await createToyTraining(
    { training },
    { backend: createReferenceBackend("float64") },
  );
  await train(network, config, createSilentObserver());
  return Object.values(copyWeights(network)).flat();
}

function largestGap(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

test("two batches of 10 per step are equivalent to one of 20", async () => {
  const collected = await weightsAfter({ batchSize: 10, accumulate: 2 });
  expect(largestGap(collected, await weightsAfter({ batchSize: 20 }))).toBeLessThan(1e-12);
  expect(largestGap(collected, await weightsAfter({ batchSize: 10 }))).toBeGreaterThan(1e-3);
});

test("the remaining batches at the end of an epoch make their own step", async () => {
  // 40 images in batches of 10, three per step: a step of 30 and one of 10. With 100 per step: one step of
  // 40.
  const factors: number[] = [];
  const { network, config } = await createToyTraining({
    training: { ...toySpec.training, batchSize: 10, epochs: 2 },
  });
  const optimizer = { state: [], step: (factor: number) => void factors.push(factor) };
  const createSchedule: typeof network.createSchedule = ({ totalSteps }) => ({
    factor: (step) => 10 * totalSteps + step,
  });
  await train(
    { ...network, optimizer, createSchedule },
    { ...config, accumulate: 3 },
    createSilentObserver(),
  );
  expect(factors).toEqual([40, 41, 42, 43]);
  expect(
    largestGap(await weightsAfter({ batchSize: 10, accumulate: 100 }), await weightsAfter({ batchSize: 40 })),
  ).toBeLessThan(1e-12);
});

test("accumulate: 1 changes no bit", async () => {
  expect(await weightsAfter({ accumulate: 1 })).toEqual(await weightsAfter({}));
});

test("a clipped gradient moves the weights by at most the limit; a large limit changes no bit", async () => {
  const one = { batchSize: 40, epochs: 1 };
  const start = await weightsAfter({ ...one, clipValue: 1e-300 });
  // learning rate ½
  expect(largestGap(await weightsAfter({ ...one, clipValue: 0.001 }), start)).toBeCloseTo(0.0005, 12);
  const moved = (await weightsAfter({ ...one, clipNorm: 0.01 })).map((value, i) => value - start[i]!);
  expect(Math.sqrt(moved.reduce((sum, d) => sum + d * d, 0))).toBeCloseTo(0.005, 12);
  expect(await weightsAfter({ ...one, clipNorm: 1e9, clipValue: 1e9 })).toEqual(await weightsAfter(one));
});

test("lookahead with alpha 1 has no effect; with a smaller alpha it changes the weights", async () => {
  const plain = await weightsAfter({});
  expect(largestGap(await weightsAfter({ lookahead: { steps: 2, alpha: 1 } }), plain)).toBeLessThan(1e-12);
  expect(largestGap(await weightsAfter({ lookahead: { steps: 2, alpha: 0.5 } }), plain)).toBeGreaterThan(
    1e-3,
  );
});
