import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";

testLoss(binaryCrossEntropy, [{ classes: 2 }, { classes: 10 }, { classes: 17 }]);

const backend = createReferenceBackend("float64");

test("the loss of equal probabilities is log 2", () => {
  const loss = binaryCrossEntropy.build({}, { backend, batchSize: 1, outputShape: [10] });
  expect(loss.forward(backend.allocate([1, 10]), Int32Array.of(4))).toBeCloseTo(Math.LN2, 14);
});

test("is finite for logits that overflow an exponential, and NaN for NaN", () => {
  const loss = binaryCrossEntropy.build({}, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([1e30, -1e30]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBe(0);
  expect(loss.forward(outputs, Int32Array.of(1))).toBe(1e30);
  outputs.data[1] = Number.NaN;
  expect(loss.forward(outputs, Int32Array.of(0))).toBeNaN();
});
