import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { crossEntropy } from "./cross-entropy.ts";

testLoss(crossEntropy, [
  { classes: 2 },
  { classes: 10 },
  { classes: 17 },
  { options: { labelSmoothing: 0.1 }, classes: 10 },
  { options: { classWeights: [1, 0.25, 3] }, classes: 3 },
  { options: { labelSmoothing: 0.5, classWeights: [1, 0.25, 3, 2, 2] }, classes: 5 },
]);

const backend = createReferenceBackend("float32");
const plain = { labelSmoothing: 0 };

test("the loss of equal outputs is log(classes)", () => {
  const loss = crossEntropy.build(plain, { backend, batchSize: 1, outputShape: [10] });
  expect(loss.forward(backend.allocate([1, 10]), Int32Array.of(4))).toBeCloseTo(Math.LN10, 12);
});

test.each([plain, { labelSmoothing: 0, classWeights: [3, 3] }])(
  "is finite for logits that overflow an exponential, %o",
  (options) => {
    const loss = crossEntropy.build(options, { backend, batchSize: 1, outputShape: [2] });
    const outputs = backend.allocate([1, 2]);
    outputs.data.set([1e30, -1e30]);
    expect(loss.forward(outputs, Int32Array.of(0))).toBeCloseTo(0, 12);
    expect(loss.forward(outputs, Int32Array.of(1))).toBeCloseTo(2e30, -24);
  },
);

test("with label smoothing, returns NaN if an output is NaN", () => {
  const loss = crossEntropy.build({ labelSmoothing: 0.1 }, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([0, Number.NaN]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBeNaN();
  expect([...loss.backward().data]).toEqual([Number.NaN, Number.NaN]);
});

test("the error for an output of the wrong size states what to change", () => {
  expect(() => crossEntropy.check([16], 10, plain)).toThrow(
    "cross-entropy: the network's output must be (10), one number for each class, got (16). " +
      'Give the last dense layer "units: 10".',
  );
});

test("the error about classWeights states how many are needed", () => {
  expect(() => crossEntropy.check([10], 10, { ...plain, classWeights: [1, 2] })).toThrow(
    "cross-entropy: classWeights has 2 numbers, and there are 10 classes. Give one number for each class.",
  );
});
