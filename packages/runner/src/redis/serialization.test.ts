import { expect, test } from "vitest";
import fc from "fast-check";

import { deserialize, serialize } from "./serialization.ts";

test("numbers keep all bits, and strings that look like encoded numbers stay strings", () => {
  fc.assert(
    fc.property(fc.double(), fc.string(), (number, text) => {
      const value = { number, list: [number, { loss: number }], text, name: "NaN" };
      expect(deserialize(serialize(value))).toStrictEqual(value);
    }),
  );
  expect(deserialize(serialize([NaN, -0, Infinity, -Infinity]))).toStrictEqual([
    NaN,
    -0,
    Infinity,
    -Infinity,
  ]);
});
