import { expect, test } from "vitest";

import { float32Backend, randomNormal } from "./sample-tensors.ts";

test("gather copies the indexed rows from bytes and scales them, each number rounded once", () => {
  const source = Uint8Array.of(0, 1, 2, 3, 254, 255);
  const out = float32Backend.allocate([3, 2]);
  float32Backend.gather(source, 2, Int32Array.of(2, 0, 2), 1 / 255, out);
  const scale = Math.fround(1 / 255);
  expect([...out.data]).toEqual([254, 255, 0, 1, 254, 255].map((byte) => Math.fround(byte * scale)));
});

test.each([Number.NaN, Infinity, -Infinity])("allFinite detects %d", (value) => {
  const x = randomNormal(float32Backend, [9], 1);
  expect(float32Backend.allFinite(x)).toBe(true);
  x.data[8] = value;
  expect(float32Backend.allFinite(x)).toBe(false);
});
