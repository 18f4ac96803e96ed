import { expect, test } from "vitest";

import { wasmBackend } from "../test/same-bytes.ts";

test("max pool returns NaN and its index for a window that contains NaN", () => {
  const release = wasmBackend.mark();
  const x = wasmBackend.allocate([1, 2, 2, 5]);
  x.data.fill(1);
  x.data[7] = NaN;
  const [zero, two] = [wasmBackend.allocateIntegers(1), wasmBackend.allocateIntegers(1)];
  two[0] = 2;
  const out = wasmBackend.allocate([1, 1, 1, 5]);
  const indices = wasmBackend.allocateIntegers(5);
  wasmBackend.maxPool({ x, top: zero, bottom: two, left: zero, right: two, out, indices });
  expect([...out.data]).toEqual([1, 1, NaN, 1, 1]);
  expect([...indices]).toEqual([0, 1, 7, 3, 4]);
  release();
});
