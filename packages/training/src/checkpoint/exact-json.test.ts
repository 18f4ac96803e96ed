import fc from "fast-check";
import { expect, test } from "vitest";

import { parseExact, stringifyExact } from "./exact-json.ts";

test("every number is restored to the bit, including NaN, the infinities and −0", () => {
  const numbers = fc.dictionary(fc.string(), fc.double(), { noNullPrototype: true });
  fc.assert(
    fc.property(numbers, (value) => {
      expect(parseExact(stringifyExact(value))).toEqual(value);
    }),
  );
});
