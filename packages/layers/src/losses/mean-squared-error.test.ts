import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { meanSquaredError } from "./mean-squared-error.ts";

testLoss(meanSquaredError, [{ classes: 2 }, { classes: 10 }, { classes: 17 }]);

test("is the mean over examples and classes of the squared distance from the one-hot label", () => {
  const backend = createReferenceBackend("float64");
  const loss = meanSquaredError.build({}, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([0.5, 3]);
  expect(loss.forward(outputs, Int32Array.of(1))).toBe((0.25 + 4) / 2);
  expect(loss.backward().data).toEqual(Float64Array.of(0.5, 2));
});
