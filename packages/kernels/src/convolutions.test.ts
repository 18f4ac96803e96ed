import { expect, test } from "vitest";

import { wasm } from "../test/same-bytes.ts";

test("max pool returns NaN and its index for a window that contains NaN", () => {
  const release = wasm.mark();
  const x = wasm.allocate([1, 2, 2, 5]);
  x.data.fill(1);
  x.data[7] = NaN;
  const [zero, two] = [wasm.allocateIntegers(1), wasm.allocateIntegers(1)];
  two[0] = 2;
  const out = wasm.allocate([1, 1, 1, 5]);
  const places = wasm.allocateIntegers(5);
  wasm.maxPool({ x, top: zero, bottom: two, left: zero, right: two, out, places });
  expect([...out.data]).toEqual([1, 1, NaN, 1, 1]);
  expect([...places]).toEqual([0, 1, 7, 3, 4]);
  release();
});
