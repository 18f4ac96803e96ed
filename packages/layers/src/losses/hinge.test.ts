import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { hinge } from "./hinge.ts";

testLoss(hinge, [{ classes: 2 }, { classes: 10 }, { options: { margin: 0.4 }, classes: 17 }]);

const backend = createReferenceBackend("float64");

test("ignores classes whose output is below that of the label by at least the margin", () => {
  const loss = hinge.build({ margin: 1 }, { backend, batchSize: 1, outputShape: [3] });
  const outputs = backend.allocate([1, 3]);
  outputs.data.set([2, 0.5, 1.5]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBe(0.5 / 3);
  expect(loss.backward().data).toEqual(Float64Array.of(-1 / 3, 0, 1 / 3));
});

test("returns NaN if an output is NaN", () => {
  const loss = hinge.build({ margin: 1 }, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([5, Number.NaN]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBeNaN();
  expect(loss.forward(outputs, Int32Array.of(1))).toBeNaN();
});
