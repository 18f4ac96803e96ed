import { expect, test } from "vitest";

import { float32Backend, float64Backend } from "./sample-tensors.ts";

test("buffers start at zero, in the backend's precision", () => {
  expect(float32Backend.allocate([2, 3])).toEqual({ shape: [2, 3], data: new Float32Array(6) });
  expect(float64Backend.allocate([])).toEqual({ shape: [], data: new Float64Array(1) });
  expect(float64Backend.allocateIntegers(2)).toEqual(new Int32Array(2));
  expect(float64Backend.allocateBytes(2)).toEqual(new Uint8Array(2));
});
