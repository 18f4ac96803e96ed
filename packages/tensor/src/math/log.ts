import { upperBits, withUpperBits } from "./bits.ts";

/**
 * Returns the natural logarithm of any x: log(±0) = −∞, log(x < 0) = NaN, log(∞) = ∞, log(NaN) = NaN, log(1)
 * = +0. Subnormal x is supported. The error is below 0.9 ulp.
 *
 * Method, as in Sun's fdlibm (1993): x = 2^k·m with √½ ≤ m < √2, then log x = k·ln 2 + log m, where log m =
 * 2·artanh(s) with s = (m − 1) / (m + 1). The code has no branches and no table: each `?:` selects one of two
 * values.
 */
export function log(x: number): number {
  // A subnormal number is scaled first, because its exponent bits are 0.
  const subnormal = x < SMALLEST_NORMAL;
  const normal = subnormal ? x * TWO_54 : x;

  // Adding ONE − SQRT_HALF carries into the exponent if the mantissa is at least √2.
  const shifted = upperBits(normal) + (ONE - SQRT_HALF);
  const k = (shifted >> 20) - 1023 - (subnormal ? 54 : 0);
  const m = withUpperBits(normal, (shifted & 0xfffff) + SQRT_HALF);

  const f = m - 1; // exact
  const s = f / (2 + f);
  const z = s * s;
  // 2·artanh(s) = 2s + s·r(s²)
  let r = C13;
  r = r * z + C11;
  r = r * z + C9;
  r = r * z + C7;
  r = r * z + C5;
  r = r * z + C3;
  r = r * z + C1;
  r = r * z;
  // 2s = f − f²/2 + s·f²/2, so the largest term of the result is f, which is exact.
  const halfSquare = 0.5 * f * f;
  const rest = s * (halfSquare + r) + k * LN2_LOW - halfSquare;
  // k·LN2_HIGH is exact, and either 0 or larger than f, so the rounding error of the sum is computed exactly
  // (Dekker 1971).
  const whole = k * LN2_HIGH;
  const sum = whole + f;
  const error = whole - sum + f;
  const result = sum + (error + rest);

  const finite = x < Infinity ? result : x; // log(∞) = ∞, log(NaN) = NaN
  const nonNegative = x < 0 ? NaN : finite;
  return x === 0 ? -Infinity : nonNegative;
}

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_54 = 18014398509481984;
const ONE = 0x3ff00000; // upper bits of 1
const SQRT_HALF = 0x3fe6a09e; // upper bits of √½, rounded down
const LN2_HIGH = 0.6931471803691238; // 0x3fe62e42fee00000, 32 bits
const LN2_LOW = 1.9082149292705877e-10; // 0x3dea39ef35793c76

// The polynomial interpolates (2·artanh(s) − 2s) / s³ in powers of s², at Chebyshev nodes in 0 ≤ s² ≤ (√2 −
// 1)⁴; golden/coefficients.py prints these numbers.
const C1 = 0.666666666666667;
const C3 = 0.39999999999899444;
const C5 = 0.2857142862600327;
const C7 = 0.22222211130259878;
const C9 = 0.18182889455674947;
const C11 = 0.15331710618210773;
const C13 = 0.14616585424888623;
