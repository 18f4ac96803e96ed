import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer, runLayer } from "../testing/layer-under-test.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { maxPool2d } from "./max-pool2d.ts";

testLayer(maxPool2d, [
  { inputShape: [2, 2, 1] },
  { inputShape: [5, 7, 3] },
  { options: { poolSize: 3, stride: 2, padding: 1 }, inputShape: [6, 5, 2] },
  { options: { poolSize: 3, stride: 2, padding: "same" }, inputShape: [6, 7, 2] },
  { options: { poolSize: [1, 3], stride: [2, 1] }, inputShape: [5, 5, 2] },
  { options: { poolSize: 2, stride: 3 }, inputShape: [7, 8, 1] },
  { options: { poolSize: 4 }, inputShape: [4, 4, 5] },
  ...drawShapes(createRng(3), 3, 3).map((inputShape) => ({
    options: { poolSize: 3, stride: 2, padding: "same" },
    inputShape,
  })),
]);

const backend = createReferenceBackend("float64");

/** Pools one 2 × 2 image, with dy = 1. */
function poolOf(pixels: readonly number[]) {
  const built = buildLayer(maxPool2d, { inputShape: [2, 2, 1] }, { backend, batchSize: 1 });
  const x = backend.allocate([1, 2, 2, 1]);
  x.data.set(pixels);
  const dy = backend.allocate([1, 1, 1, 1]);
  dy.data.fill(1);
  const { y, dx } = runLayer(built, backend, x, dy, { training: true, step: 0 });
  return { y: y![0], dx: [...dx!] };
}

test("the gradient goes to the largest pixel", () => {
  expect(poolOf([1, 2, 4, 3])).toEqual({ y: 4, dx: [0, 0, 1, 0] });
});

test("of equal pixels, the first one gets the whole gradient", () => {
  expect(poolOf([1, 4, 4, 4])).toEqual({ y: 4, dx: [0, 1, 0, 0] });
  expect(poolOf([-Infinity, -Infinity, -Infinity, -Infinity])).toEqual({ y: -Infinity, dx: [1, 0, 0, 0] });
});

test.each([0, 1, 2, 3])("NaN at pixel %i is the output and receives the gradient", (place) => {
  const pixels = [1, Infinity, 3, 2];
  pixels[place] = NaN;
  expect(poolOf(pixels)).toEqual({ y: NaN, dx: [0, 1, 2, 3].map((i) => (i === place ? 1 : 0)) });
});

test("padding is never the largest, even if all pixels are negative", () => {
  const configuration = { options: { poolSize: 3, padding: "same" }, inputShape: [1, 1, 1] };
  const { layer } = buildLayer(maxPool2d, configuration, { backend, batchSize: 1 });
  const x = backend.allocate([1, 1, 1, 1]);
  x.data[0] = -5;
  expect([...layer.forward(x, { training: true, step: 0 }).data]).toEqual([-5]);
});

test("a 2 × 2 pool halves an image", () => {
  expect(maxPool2d.plan({ poolSize: 2, padding: "valid" }, [28, 28, 6]).outputShape).toEqual([14, 14, 6]);
});
