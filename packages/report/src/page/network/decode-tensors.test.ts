import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { decodeTensors, decodeHalfFloat } from "./decode-tensors.ts";

test("all numbers in half precision equal those of Float16Array", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const expected = new Float16Array(all.buffer);
  expect(Float64Array.from(all, decodeHalfFloat)).toEqual(Float64Array.from(expected));
  expect(decodeHalfFloat(0x3c00)).toBe(1);
});

test("tensors are read in their order, and numbers that do not fit are rejected", () => {
  const numbers = Buffer.from(Float32Array.of(1, 2.5, -3).buffer).toString("base64");
  const tensors = [
    { name: "a", shape: [1] },
    { name: "b", shape: [2] },
  ];
  const backend = createReferenceBackend("float32");
  const decoded = decodeTensors({ tensors, numbers, precision: "float32" }, backend);
  expect([...decoded].map(([name, { data }]) => [name, [...data]])).toEqual([
    ["a", [1]],
    ["b", [2.5, -3]],
  ]);
  expect(() => decodeTensors({ tensors: tensors.slice(1), numbers, precision: "float32" }, backend)).toThrow(
    "The network needs 8 bytes of numbers, the report has 12.",
  );
});
