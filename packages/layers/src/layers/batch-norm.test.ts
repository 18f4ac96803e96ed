import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer, copyBuffers } from "../testing/layer-under-test.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { batchNorm } from "./batch-norm.ts";

testLayer(batchNorm, [
  { inputShape: [7] },
  { options: { affine: false, epsilon: 0.1 }, inputShape: [4, 4, 3] },
  { options: { momentum: 1 }, inputShape: [3, 5, 2] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);

const backend = createReferenceBackend("float64");
const training = { training: true, step: 0 };

test("evaluation equals training if the running averages are those of the batch", () => {
  const options = { momentum: 1, epsilon: 1e-12, affine: false };
  const { layer } = buildLayer(batchNorm, { options, inputShape: [1] }, { backend, batchSize: 4 });
  const x = { shape: [4, 1], data: Float64Array.of(1, 2, 3, 6) };
  const inTraining = layer.forward(x, training).data.slice();
  // The running variance is unbiased: 4/3 of the variance of the batch.
  const inEvaluation = layer.forward(x, { training: false, step: 0 }).data;
  for (const [i, y] of inEvaluation.entries()) expect(y / Math.sqrt(3 / 4)).toBeCloseTo(inTraining[i]!, 10);
});

test.each([
  { inputShape: [3], minBatch: 2 },
  { inputShape: [1, 1, 3], minBatch: 2 },
  { inputShape: [1, 2, 3], minBatch: 1 },
  { inputShape: [2, 3], minBatch: 1 },
])("$inputShape needs batches of $minBatch or more", ({ inputShape, minBatch }) => {
  const plan = batchNorm.plan({ momentum: 0.1, epsilon: 1e-5, affine: true }, inputShape);
  expect(plan.minBatch ?? 1).toBe(minBatch);
});

test("a batch with one number per channel does not change the running averages", () => {
  const built = buildLayer(batchNorm, { inputShape: [3] }, { backend, batchSize: 1 });
  const before = copyBuffers(built);
  built.layer.forward({ shape: [1, 3], data: Float64Array.of(1, 2, 3) }, training);
  expect(copyBuffers(built)).toEqual(before);
});
