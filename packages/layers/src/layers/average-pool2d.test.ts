import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer } from "../testing/layer-under-test.ts";
import { drawShapes, testLayer } from "../testing.ts";
import { averagePool2d } from "./average-pool2d.ts";

testLayer(averagePool2d, [
  { inputShape: [2, 2, 1] },
  { inputShape: [5, 7, 3] },
  { options: { poolSize: 3, stride: 2, padding: 1 }, inputShape: [6, 5, 2] },
  { options: { poolSize: 3, stride: 2, padding: 1, countIncludePad: false }, inputShape: [6, 5, 2] },
  { options: { poolSize: 3, stride: 2, padding: "same", countIncludePad: false }, inputShape: [6, 7, 2] },
  { options: { poolSize: [1, 3], stride: [2, 1] }, inputShape: [5, 5, 2] },
  { options: { poolSize: 4 }, inputShape: [4, 4, 5] },
  ...drawShapes(createRng(8), 3, 3).map((inputShape) => ({
    options: { poolSize: 3, stride: 2, padding: "same" },
    inputShape,
  })),
]);

test.each([
  { countIncludePad: true, expected: [9 / 9] }, // PyTorch: divides by the whole window
  { countIncludePad: false, expected: [9] }, // Keras: divides by the one visible pixel
])("padding with countIncludePad $countIncludePad", ({ countIncludePad, expected }) => {
  const backend = createReferenceBackend("float64");
  const options = { poolSize: 3, padding: "same", countIncludePad };
  const { layer } = buildLayer(averagePool2d, { options, inputShape: [1, 1, 1] }, { backend, batchSize: 1 });
  const x = backend.allocate([1, 1, 1, 1]);
  x.data[0] = 9;
  expect([...layer.forward(x, { training: true, step: 0 }).data]).toEqual(expected);
});
