import fc from "fast-check";
import { expect, test } from "vitest";
import { dot } from "./dot.ts";

test("returns the sum of the products, from any start index", () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 12 });
  const at = fc.nat({ max: 3 });
  fc.assert(
    fc.property(numbers, numbers, at, at, fc.nat({ max: 9 }), (a, b, aFrom, bFrom, count) => {
      const expected = Array.from({ length: count }, (_, i) => a[aFrom + i]! * b[bFrom + i]!);
      const found = dot(Float64Array.from(a), aFrom, Float64Array.from(b), bFrom, count);
      expect(found).toBe(expected.reduce((sum, product) => sum + product, 0));
    }),
  );
});
