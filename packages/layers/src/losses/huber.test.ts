import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { huber } from "./huber.ts";

testLoss(huber, [{ classes: 2 }, { classes: 10 }, { options: { delta: 0.4 }, classes: 17 }]);

const backend = createReferenceBackend("float64");

test("is half the square near the label and linear with slope delta far from it", () => {
  const loss = huber.build({ delta: 1 }, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([0.5, -3]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBe((0.125 + 2.5) / 2);
  expect(loss.backward().data).toEqual(Float64Array.of(-0.25, -0.5));
});

test("returns NaN if an output is NaN", () => {
  const loss = huber.build({ delta: 1 }, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([5, Number.NaN]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBeNaN();
  expect(loss.backward().data[1]).toBeNaN();
});
