import fc from "fast-check";
import { expect, test } from "vitest";
import { powerTransform } from "./power-transform.ts";

test("keeps the order, with mean 0 and variance 1", () => {
  const objectives = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), {
    minLength: 2,
    maxLength: 30,
  });
  fc.assert(
    fc.property(objectives, (each) => {
      const warped = powerTransform(each);
      for (let i = 1; i < each.length; i++) {
        const [before, after] = [each[i]! - each[i - 1]!, warped[i]! - warped[i - 1]!];
        expect(before * after).toBeGreaterThanOrEqual(0);
      }
      fc.pre(new Set(warped).size > 1);
      const mean = warped.reduce((a, b) => a + b, 0) / warped.length;
      expect(mean).toBeCloseTo(0, 8);
      expect(warped.reduce((sum, w) => sum + (w - mean) ** 2, 0) / warped.length).toBeCloseTo(1, 8);
    }),
  );
});

test("evenly spread objectives stay evenly spread, and objectives decades apart come closer together", () => {
  const even = powerTransform([0, 1, 2, 3, 4]);
  expect((even[4]! - even[3]!) / (even[1]! - even[0]!)).toBeGreaterThan(0.9);
  const decades = powerTransform([1, 10, 100, 1000, 10_000]);
  expect((decades[4]! - decades[3]!) / (decades[2]! - decades[1]!)).toBeLessThan(4);
});

test("objectives that are all equal, or too far apart to subtract, have finite targets", () => {
  expect([...powerTransform([3, 3, 3])]).toEqual([0, 0, 0]);
  const far = powerTransform([-Number.MAX_VALUE, 0, Number.MAX_VALUE]);
  expect(far.every(Number.isFinite)).toBe(true);
  expect(far[0]).toBeLessThan(far[2]!);
});

test.each([0.3, 1, 3, 10, 30, 100])("objectives whose log(x + %d) is normal become normal", (c) => {
  // Evenly spaced quantiles of the logistic distribution, which is close to the normal one.
  const normal = Array.from({ length: 201 }, (_, i) => Math.log((i + 1) / (201 - i)));
  // The least objective is x = 0, and the median x = 1.
  const factor = Math.log((1 + c) / c) / (normal[100]! - normal[0]!);
  const objectives = normal.map((z) => c * Math.exp(factor * (z - normal[0]!)) - c);
  const deviation = Math.sqrt(normal.reduce((sum, z) => sum + z * z, 0) / normal.length);
  const transformed = powerTransform(objectives);
  for (const [i, z] of normal.entries()) expect(transformed[i]).toBeCloseTo(z / deviation, 6);
});
