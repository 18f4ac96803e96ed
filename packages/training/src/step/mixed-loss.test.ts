import { losses, type Loss } from "@nn/layers";
import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, copyWeights } from "../testing/toy-training.ts";
import { computeMixedLoss } from "./mixed-loss.ts";
import { train } from "../train.ts";

const backend = createReferenceBackend("float64");

function crossEntropy(N: number, weights: { classWeights?: readonly number[] } = {}): Loss {
  const options = { labelSmoothing: 0, ...weights };
  return losses.get("cross-entropy")!.build(options, { backend, batchSize: N, outputShape: [3] });
}

test("for cross-entropy it equals the loss against mixed labels: −Σ t·log p, with gradient (p − t) / N", () => {
  const [N, C, share] = [4, 3, 0.7];
  const outputs = backend.allocate([N, C]);
  const rng = createRng(1);
  for (let i = 0; i < N * C; i++) outputs.data[i] = rng.normal();
  const labels = Int32Array.of(0, 2, 2, 1);
  const mixed = computeMixedLoss(crossEntropy(N), { share }, backend, N);

  let expected = 0;
  const gradient: number[] = [];
  for (let n = 0; n < N; n++) {
    const row = [...outputs.data.subarray(n * C, (n + 1) * C)];
    const sum = row.reduce((total, output) => total + Math.exp(output), 0);
    for (const [c, output] of row.entries()) {
      const target = (labels[n] === c ? share : 0) + (labels[(n + 1) % N] === c ? 1 - share : 0);
      expected -= (target * Math.log(Math.exp(output) / sum)) / N;
      gradient.push((Math.exp(output) / sum - target) / N);
    }
  }
  expect(mixed.forward(outputs, labels)).toBeCloseTo(expected, 12);
  for (const [i, value] of gradient.entries()) expect(mixed.backward().data[i]).toBeCloseTo(value, 12);
});

test("a shorter batch after a longer one is mixed within itself", () => {
  const mixed = computeMixedLoss(crossEntropy(3), { share: 0 }, backend, 3);
  const [three, two] = [backend.allocate([3, 3]), backend.allocate([2, 3])];
  mixed.forward(three, Int32Array.of(0, 1, 2));
  two.data.set([5, 0, 0, 0, 5, 0]);
  const loss = mixed.forward(two, Int32Array.of(1, 0));
  expect(loss).toBeCloseTo(crossEntropy(2).forward(two, Int32Array.of(0, 1)), 12);
});

test("the mean over weighted, mixed batches weights each label by its class weight", () => {
  const [classWeights, share] = [[1, 7, 0.5], 0.7];
  const rng = createRng(2);
  let [sum, weights, expectedSum, expectedWeights] = [0, 0, 0, 0];
  for (const labels of [Int32Array.of(0, 2, 2, 1), Int32Array.of(1, 0, 1), Int32Array.of(2)]) {
    const N = labels.length;
    const outputs = backend.allocate([N, 3]);
    for (let i = 0; i < outputs.data.length; i++) outputs.data[i] = rng.normal();
    const mixed = computeMixedLoss(crossEntropy(N, { classWeights }), { share }, backend, N);
    const weight = mixed.sumWeights!(labels);
    sum += weight * mixed.forward(outputs, labels);
    weights += weight;

    for (let n = 0; n < N; n++) {
      const row = [...outputs.data.subarray(3 * n, 3 * n + 3)];
      const logSum = Math.log(row.reduce((total, output) => total + Math.exp(output), 0));
      const cost = (label: number): number => classWeights[label]! * (logSum - row[label]!);
      expectedSum += share * cost(labels[n]!) + (1 - share) * cost(labels[(n + 1) % N]!);
      expectedWeights += classWeights[labels[n]!]!;
    }
  }
  expect(sum / weights).toBeCloseTo(expectedSum / expectedWeights, 12);
});

test("a mixed loss has no weights if the loss has none", () => {
  expect(computeMixedLoss(crossEntropy(2), { share: 0.5 }, backend, 2)).not.toHaveProperty("sumWeights");
});

test.for(["mixup", "cutmix"])("a network learns with %s, with the same bits each time", async (type) => {
  const run = async () => {
    const { network, config } = await createToyTraining({ augment: [{ type, alpha: 0.2 }] });
    const { epochs } = await train(network, { ...config, epochs: 20 }, createSilentObserver());
    expect(epochs.at(-1)!.train.loss).toBeLessThan(0.8 * epochs[0]!.train.loss);
    return copyWeights(network);
  };
  expect(await run()).toEqual(await run());
});
