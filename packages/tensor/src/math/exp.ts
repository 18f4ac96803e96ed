import { powerOfTwo } from "./bits.ts";

/**
 * Returns e^x for any x: exp(±0) = 1, exp(−∞) = 0, exp(∞) = ∞, exp(NaN) = NaN. It overflows to ∞ above
 * 709.78… and underflows to 0 below −745.13…. The error is below 0.7 ulp; for subnormal results, which are
 * rounded twice, below 1.2 ulp.
 *
 * Method: x = k·ln 2 + r with |r| ≤ ln 2 / 2, then e^x = 2^k·e^r (Cody & Waite, Software Manual for the
 * Elementary Functions, 1980). The code has no branches and no table, so a kernel can run the same steps in
 * every lane of a vector.
 */
export function exp(x: number): number {
  // Outside these limits, the result is 0 or ∞ anyway. Within them, 2^k is a product of two float64 powers of
  // two. NaN stays NaN.
  const above = x < -746 ? -746 : x;
  const clamped = above > 710 ? 710 : above;

  const { k, high, rest } = reduce(clamped);
  // e^r = (1 + high) + rest. The rounding error of 1 + high is computed exactly, which requires |high| < 1
  // (Dekker 1971).
  const sum = 1 + high;
  const error = 1 - sum + high;
  const mantissa = sum + (error + rest);

  // 2^k can be outside the range of float64 although the result is not, so multiply by two factors one after
  // the other.
  const half = k >> 1;
  return mantissa * powerOfTwo(half) * powerOfTwo(k - half);
}

/**
 * Returns e^x − 1 for 0 ≤ x ≤ 700 or NaN; `tanh` uses it. The error is below 0.8 ulp. After the argument
 * reduction of `exp`, e^x − 1 = (2^k − 1) + 2^k·(e^r − 1), which has no cancellation.
 */
export function expm1(x: number): number {
  const { k, high, rest } = reduce(x);
  const scale = powerOfTwo(k);
  const whole = scale - 1;
  const fraction = scale * high;
  // Exact, because `whole` is 0 or larger than the fraction.
  const sum = whole + fraction;
  const error = whole - sum + fraction;
  return sum + (error + scale * rest);
}

/**
 * Returns k, high and rest with x = k·ln 2 + r and e^r − 1 = high + rest. `high` is the leading part of r,
 * without rounding error.
 */
function reduce(x: number): { k: number; high: number; rest: number } {
  // A float64 as large as ROUNDER has no bits for a fraction, so the addition rounds to the nearest integer,
  // ties to even.
  const k = x * LOG2_E + ROUNDER - ROUNDER;
  // LN2_HIGH has 32 bits, so k·LN2_HIGH is exact. The difference is exact too, because the two numbers are
  // close.
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;

  // e^r ≈ 1 + r + r²·q(r)
  let q = C12;
  q = q * r + C11;
  q = q * r + C10;
  q = q * r + C9;
  q = q * r + C8;
  q = q * r + C7;
  q = q * r + C6;
  q = q * r + C5;
  q = q * r + C4;
  q = q * r + C3;
  q = q * r + 0.5;
  return { k: k | 0, high, rest: r * r * q - low };
}

// oxlint-disable-next-line oxc/approx-constant -- Math.LOG2E is "approximately" this number, says ECMAScript
const LOG2_E = 1.4426950408889634;
const ROUNDER = 6755399441055744; // 1.5 · 2⁵²
const LN2_HIGH = 0.6931471803691238; // 0x3fe62e42fee00000
const LN2_LOW = 1.9082149292705877e-10; // 0x3dea39ef35793c76

// The polynomial interpolates (e^r − 1 − r − r²/2) / r³ at Chebyshev nodes in |r| ≤ ln 2 / 2;
// golden/coefficients.py prints these numbers. Its error is below 2⁻⁶¹.
const C3 = 0.16666666666666669;
const C4 = 0.041666666666666664;
const C5 = 0.008333333333330062;
const C6 = 0.0013888888888886552;
const C7 = 0.00019841269863053618;
const C8 = 2.4801587317144498e-5;
const C9 = 2.7557268459997064e-6;
const C10 = 2.755728296954995e-7;
const C11 = 2.510038549551032e-8;
const C12 = 2.0911236630261545e-9;
