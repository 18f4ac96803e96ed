import fc from "fast-check";
import { expect, test } from "vitest";

import { readGolden } from "../../test/golden.ts";
import { adjustHolm } from "./holm.ts";

const golden: { holm: readonly { p: readonly number[]; adjusted: readonly number[] }[] } =
  readGolden("comparison");

test.each(golden.holm)("adjusts the p-values $p like statsmodels", ({ p, adjusted }) => {
  const ours = adjustHolm(p);
  expect(ours).toHaveLength(adjusted.length);
  for (const [index, value] of ours.entries()) expect(value).toBeCloseTo(adjusted[index]!, 14);
});

test("adjusted p-values keep the order and are never smaller", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (p) => {
      const adjusted = adjustHolm(p);
      const order = p.map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
      for (const [rank, index] of order.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(p[index]!);
        expect(adjusted[index]).toBeLessThanOrEqual(1);
        expect(adjusted[index]).toBeGreaterThanOrEqual(adjusted[order[Math.max(0, rank - 1)]!]!);
      }
    }),
  );
});

test("rejects numbers that are not p-values", () => {
  expect(() => adjustHolm([0.1, 1.2])).toThrow(
    new RangeError("holm: pValues[1] must be between 0 and 1, got 1.2."),
  );
  expect(() => adjustHolm([NaN])).toThrow("holm: pValues[0] must be between 0 and 1, got NaN.");
});
