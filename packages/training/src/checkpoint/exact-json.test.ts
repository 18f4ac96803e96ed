import fc from "fast-check";
import { expect, test } from "vitest";

import { parseExact, stringifyExact } from "./exact-json.ts";

test("every number comes back to the bit: NaN, the infinities and −0 too", () => {
  const numbers = fc.dictionary(fc.string(), fc.double(), { noNullPrototype: true });
  fc.assert(
    fc.property(numbers, (value) => {
      expect(parseExact(stringifyExact(value))).toEqual(value);
    }),
  );
});
