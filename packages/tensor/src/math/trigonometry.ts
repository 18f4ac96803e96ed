/**
 * Returns the sine of x radians for |x| ≤ 2²⁰·2π = 6588397.3…. Returns NaN for larger |x|, because they would
 * need more digits of π. sin(±0) = ±0. The error is below 0.8 ulp.
 */
export function sin(x: number): number {
  return x === 0 ? x : sineOfQuarters(x, 0); // keeps the sign of −0
}

/** Returns the cosine of x radians, with the same range and error bound as `sin`; cos(±0) = 1. */
export function cos(x: number): number {
  return sineOfQuarters(x, 1);
}

/**
 * Returns sin(x + quarters·π/2). With x = n·π/2 + r and |r| ≤ π/4, n + quarters selects ±sin r or ±cos r as
 * the result. r is the sum of two float64 numbers, high + low, because one has too few digits after the
 * cancellation (Cody & Waite, Software Manual for the Elementary Functions, 1980; here with π/2 in four
 * parts).
 */
function sineOfQuarters(x: number, quarters: number): number {
  if (!(Math.abs(x) <= LARGEST)) return NaN;
  const n = x * TWO_OVER_PI + ROUNDER - ROUNDER;
  // The first three parts of π/2 have 30 bits each and n has 23, so their products are exact. The first
  // difference is exact too, because its operands are close.
  const first = x - n * HALF_PI_1;
  const [second, secondError] = subtract(first, n * HALF_PI_2);
  const [third, thirdError] = subtract(second, n * HALF_PI_3);
  const rest = secondError + thirdError - n * HALF_PI_4;
  const high = third + rest;
  const low = third - high + rest;

  const quadrant = (n + quarters) & 3;
  const value = (quadrant & 1) === 0 ? sineNearZero(high, low) : cosineNearZero(high, low);
  return (quadrant & 2) === 0 ? value : -value;
}

/**
 * Returns a − b and its exact rounding error, for any two numbers (Knuth, The Art of Computer Programming 2,
 * 4.2.2).
 */
function subtract(a: number, b: number): [number, number] {
  const difference = a - b;
  const taken = a - difference;
  const kept = difference + taken;
  return [difference, a - kept + (taken - b)];
}

/** Returns sin(x + tail), |x| ≤ π/4, as x + x³·p(x²) + tail·cos x with cos x ≈ 1 − x²/2. */
function sineNearZero(x: number, tail: number): number {
  const z = x * x;
  let p = S15;
  p = p * z + S13;
  p = p * z + S11;
  p = p * z + S9;
  p = p * z + S7;
  p = p * z + S5;
  p = p * z + S3;
  return x + (z * x * p + tail * (1 - 0.5 * z));
}

/** Returns cos(x + tail), |x| ≤ π/4, as 1 − x²/2 + x⁴·p(x²) − tail·sin x with sin x ≈ x. */
function cosineNearZero(x: number, tail: number): number {
  const z = x * x;
  let p = C14;
  p = p * z + C12;
  p = p * z + C10;
  p = p * z + C8;
  p = p * z + C6;
  p = p * z + C4;
  const half = 0.5 * z;
  const sum = 1 - half;
  const error = 1 - sum - half; // exact (Dekker 1971)
  return sum + (error + (z * z * p - x * tail));
}

const LARGEST = 6588397.316661141; // 2²⁰ · 2π
const TWO_OVER_PI = 0.6366197723675814;
const ROUNDER = 6755399441055744; // 1.5 · 2⁵²
const HALF_PI_1 = 1.570796325802803; // 0x3ff921fb54000000
const HALF_PI_2 = 9.920935791635221e-10; // 0x3e110b4611800000
const HALF_PI_3 = 5.17018297889025e-19; // 0x3c2313198a000000
const HALF_PI_4 = 2.9038559739793605e-28; // 0x3a3701b839a25205

// The polynomials interpolate (sin x − x) / x³ and (cos x − 1 + x²/2) / x⁴ in powers of x², at Chebyshev
// nodes in 0 ≤ x² ≤ (π/4)²; golden/coefficients.py prints these numbers.
const S3 = -0.16666666666666666;
const S5 = 0.008333333333333331;
const S7 = -0.00019841269841265063;
const S9 = 2.7557319219337312e-6;
const S11 = -2.5052106231802837e-8;
const S13 = 1.6058531516797758e-10;
const S15 = -7.586691094197958e-13;
const C4 = 0.041666666666666664;
const C6 = -0.0013888888888887398;
const C8 = 2.480158729876456e-5;
const C10 = -2.7557317271145144e-7;
const C12 = 2.087614614655861e-9;
const C14 = -1.1382623647474604e-11;
