import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { testLoss } from "../testing.ts";
import { focal } from "./focal.ts";

testLoss(focal, [
  { classes: 2 },
  { classes: 10 },
  { options: { gamma: 0 }, classes: 3 },
  { options: { gamma: 0.5 }, classes: 17 },
]);

const backend = createReferenceBackend("float64");

test.each([0, 0.5, 2])("with gamma %d, is finite for logits that overflow an exponential", (gamma) => {
  const loss = focal.build({ gamma }, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([1e30, -1e30]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBeCloseTo(0, 12);
  expect([...loss.backward().data].map(Math.abs)).toEqual([0, 0]);
  expect(loss.forward(outputs, Int32Array.of(1))).toBeCloseTo(2e30, -24);
  expect(loss.backward().data).toEqual(Float64Array.of(1, -1));
});

test("returns NaN if an output is NaN", () => {
  const loss = focal.build({ gamma: 2 }, { backend, batchSize: 1, outputShape: [2] });
  const outputs = backend.allocate([1, 2]);
  outputs.data.set([5, Number.NaN]);
  expect(loss.forward(outputs, Int32Array.of(0))).toBeNaN();
  expect(loss.backward().data[0]).toBeNaN();
});
