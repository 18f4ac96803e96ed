import { createReferenceBackend, createRng, type Tensor } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer } from "../testing/layer-under-test.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { dropout } from "./dropout.ts";

testLayer(dropout, [
  { inputShape: [7] },
  { options: { rate: 0 }, inputShape: [5] },
  { options: { rate: 0.9 }, inputShape: [4, 4, 3] },
  ...drawShapes(createRng(7), 2, 3).map((inputShape) => ({ options: { rate: 0.25 }, inputShape })),
]);

const backend = createReferenceBackend("float64");

function ones(shape: readonly number[]): Tensor {
  const x = backend.allocate(shape);
  x.data.fill(1);
  return x;
}

test("evaluation returns x itself", () => {
  const { layer } = buildLayer(dropout, { inputShape: [9] }, { backend, batchSize: 3 });
  const x = ones([3, 9]);
  expect(layer.forward(x, { training: false, step: 0 })).toBe(x);
});

test("drops the share `rate` and scales the rest to keep the mean", () => {
  const configuration = { options: { rate: 0.25 }, inputShape: [10_000] };
  const { layer } = buildLayer(dropout, configuration, { backend, batchSize: 1 });
  const y = layer.forward(ones([1, 10_000]), { training: true, step: 0 });
  const dropped = y.data.filter((value) => value === 0).length;
  expect(new Set(y.data)).toEqual(new Set([0, 1 / 0.75]));
  expect(Math.abs(dropped - 2500)).toBeLessThan(5 * Math.sqrt(10_000 * 0.25 * 0.75));
});

test("each step has its own mask, which the backward pass reuses", () => {
  const { layer } = buildLayer(dropout, { inputShape: [64] }, { backend, batchSize: 1 });
  const masks = [0, 1].map((step) => {
    const pass = { training: true, step };
    const y = layer.forward(ones([1, 64]), pass).data.slice();
    expect(layer.backward(ones([1, 64]), pass).data).toEqual(y);
    return y;
  });
  expect(masks[0]).not.toEqual(masks[1]);
});
