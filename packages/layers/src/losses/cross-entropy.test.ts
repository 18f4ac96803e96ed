import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { crossEntropy } from "./cross-entropy.ts";

testLoss(crossEntropy, [{ classes: 2 }, { classes: 10 }, { classes: 17 }]);

const backend = createReferenceBackend("float32");

test("a network that has no idea loses log(classes)", () => {
  const loss = crossEntropy.build({}, { backend, batchSize: 1, outputShape: [10] });
  expect(loss.forward(backend.allocate([1, 10]), Int32Array.of(4))).toBeCloseTo(Math.LN10, 12);
});

test("is finite for logits that overflow an exponential", () => {
  const loss = crossEntropy.build({}, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([1e30, -1e30]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBe(0);
  expect(loss.forward(outputs, Int32Array.of(1))).toBeCloseTo(2e30, -24);
});

test("an output of the wrong size says what to change", () => {
  expect(() => crossEntropy.check([16], 10)).toThrow(
    "cross-entropy: the network's output must be (10), one number for each class, got (16). " +
      'Give the last dense layer "units: 10".',
  );
});
