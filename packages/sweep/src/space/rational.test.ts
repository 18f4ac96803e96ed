import fc from "fast-check";
import { expect, test } from "vitest";
import { compareRationals, applyOperator, toRational, type Operator } from "./rational.ts";

const shown = (a: number, operator: Operator, b: number): string =>
  String(applyOperator(toRational(a), operator, toRational(b)));

test.for<[a: number, operator: Operator, b: number, result: string]>([
  [0.1, "+", 0.2, "0.3"],
  [0.3, "-", 0.1, "0.2"],
  [3, "*", 0.1, "0.3"],
  [0.3, "/", 0.1, "3"],
  [1, "/", 3, "0.(3)"],
  [0.3, "%", 0.1, "0"],
  [-7, "%", 4, "-3"],
  [7, "%", -4, "3"],
  [1e-7, "*", 1e7, "1"],
  [1.25e-9, "+", 0, "0.00000000125"],
  [-2.5e21, "*", 2, "-5000000000000000000000"],
  [1e308, "*", 10, "1" + "0".repeat(309)],
  [1, "/", 0, "NaN"],
  [-0.5, "/", 0, "NaN"],
  [0, "/", 0, "NaN"],
  [1, "%", 0, "NaN"],
  // Not fractions: the results are those of floating-point numbers.
  [Infinity, "/", 0, "NaN"],
  [Infinity, "+", 1, "Infinity"],
  [1, "+", Infinity, "Infinity"],
  [1, "-", Infinity, "-Infinity"],
  [Infinity, "*", -2, "-Infinity"],
  [3, "/", Infinity, "0"],
  [3, "%", Infinity, "3"],
])("%d %s %d is %s", ([a, operator, b, result]) => {
  expect(shown(a, operator, b)).toBe(result);
});

test("every number is converted exactly to the decimal that it prints as", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const rational = toRational(value);
      if (typeof rational === "number") throw new Error(`${value} is no fraction`);
      const [digits, exponent] = value.toExponential().split("e");
      const places = digits!.split(".")[1]?.length ?? 0;
      const shift = Number(exponent) - places;
      // n/d · 10^places is the written digits · 10^exponent, in integers.
      const left = rational.s * rational.n * 10n ** BigInt(Math.max(0, -shift));
      expect(left).toBe(BigInt(digits!.replace(".", "")) * 10n ** BigInt(Math.max(0, shift)) * rational.d);
    }),
  );
});

test("numbers, including infinite ones, compare like floating-point numbers", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      expect(Math.sign(compareRationals(toRational(a), toRational(b)))).toBe(a === b ? 0 : a < b ? -1 : 1);
    }),
  );
  expect(compareRationals(NaN, toRational(1))).toBeNaN();
  expect(compareRationals(Infinity, Infinity)).toBe(0);
});
