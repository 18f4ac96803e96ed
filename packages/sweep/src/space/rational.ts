import { Fraction } from "fraction.js";

/**
 * An exact number: 0.1 + 0.2 is 0.3. A value that is not finite is a floating-point number: Infinity,
 * −Infinity or NaN. A division by 0 is NaN.
 */
export type Rational = Fraction | number;

/**
 * Converts a number to a fraction: the shortest decimal that reads back as this number. A number that is not
 * finite stays as it is.
 */
export function toRational(value: number): Rational {
  if (!Number.isFinite(value)) return value;
  if (Number.isSafeInteger(value)) return new Fraction(BigInt(value));
  const size = parseDecimal(Math.abs(value).toExponential());
  return value < 0 ? size.neg() : size;
}

/**
 * Converts a decimal as YAML writes it in base 10, without its sign, to the fraction of exactly this value.
 * The library reads no exponents.
 */
export function parseDecimal(raw: string): Fraction {
  const [digits = "", exponent = "0"] = raw.toLowerCase().split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const power = Number(exponent) - fraction.length;
  const [up, down] = [10n ** BigInt(Math.max(power, 0)), 10n ** BigInt(Math.max(-power, 0))];
  return new Fraction(BigInt(whole + fraction) * up, down);
}

/** Whether a value is a number of a constraint. */
export function isNumber(value: unknown): value is Rational {
  return typeof value === "number" || value instanceof Fraction;
}

/** An arithmetic operator of a constraint. */
export type Operator = "+" | "-" | "*" | "/" | "%";

/** Computes `a operator b`, exactly if both are fractions. `%` has the sign of the dividend. */
export function applyOperator(a: Rational, operator: Operator, b: Rational): Rational {
  if (typeof a === "number" || typeof b === "number") return inFloats(Number(a), operator, Number(b));
  switch (operator) {
    case "+":
      return a.add(b);
    case "-":
      return a.sub(b);
    case "*":
      return a.mul(b);
    case "/":
      return b.equals(0) ? NaN : a.div(b);
    case "%":
      return b.equals(0) ? NaN : a.mod(b);
  }
}

/** Computes in floating point. Used where an operand is not finite, so exact digits do not matter. */
function inFloats(a: number, operator: Operator, b: number): Rational {
  switch (operator) {
    case "+":
      return toRational(a + b);
    case "-":
      return toRational(a - b);
    case "*":
      return toRational(a * b);
    case "/":
      return b === 0 ? NaN : toRational(a / b);
    case "%":
      return toRational(a % b);
  }
}

/**
 * Returns a negative number, 0 or a positive number if a is less than, equal to or greater than b; NaN if one
 * of them is NaN.
 */
export function compareRationals(a: Rational, b: Rational): number {
  if (typeof a !== "number" && typeof b !== "number") return a.compare(b);
  const [x, y] = [Number(a), Number(b)];
  return x === y ? 0 : x < y ? -1 : x > y ? 1 : NaN;
}
