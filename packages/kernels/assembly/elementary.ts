// The functions of packages/tensor/src/math, two float64 lanes at a time. The operations and their order are
// the same, so the bits are the same. Comments there explain the steps.
//
// Constants are loaded from memory. V8 would build a literal in registers at each use, and cannot use 256-bit
// instructions for it. With constants from memory and no comparison other than `<`, V8 runs all functions
// here at 256 bits when lanes.ts pairs them.

export const ZERO: usize = memory.data<f64>([0]);
export const HALF: usize = memory.data<f64>([0.5]);
export const ONE: usize = memory.data<f64>([1]);
export const TWO: usize = memory.data<f64>([2]);
const SIGN: usize = memory.data<u64>([0x8000000000000000]);
const SIZE: usize = memory.data<u64>([0x7fffffffffffffff]);

const LOG2_E: usize = memory.data<f64>([1.4426950408889634]);
const ROUNDER: usize = memory.data<f64>([6755399441055744]);
const LN2_HIGH: usize = memory.data<f64>([0.6931471803691238]);
const LN2_LOW: usize = memory.data<f64>([1.9082149292705877e-10]);
const EXPONENT_BIAS: usize = memory.data<u64>([1023]);
const EXP_LOWEST: usize = memory.data<f64>([-746]);
/** e^x is a normal float64 number from here on. */
const EXP_LOWEST_NORMAL: usize = memory.data<f64>([-700]);
const EXP_HIGHEST: usize = memory.data<f64>([710]);
const TANH_HIGHEST: usize = memory.data<f64>([20]);
const EXP_TERMS: usize = memory.data<f64>([
  2.0911236630261545e-9, 2.510038549551032e-8, 2.755728296954995e-7, 2.7557268459997064e-6, 2.4801587317144498e-5,
  0.00019841269863053618, 0.0013888888888886552, 0.008333333333330062, 0.041666666666666664, 0.16666666666666669, 0.5,
]);

/** Loads the number at this address into both lanes. */
@inline
export function both(constant: usize): v128 {
  return v128.load64_splat(constant);
}

/** q·r + terms[place]. */
@inline
function horner(q: v128, r: v128, terms: usize, place: usize): v128 {
  return f64x2.add(f64x2.mul(q, r), both(terms + (place << 3)));
}

/** r²·q(r) − low, the part of e^r − 1 beyond `high`. */
@inline
function restOf(high: v128, low: v128): v128 {
  const r = f64x2.sub(high, low);
  let q = both(EXP_TERMS);
  q = horner(q, r, EXP_TERMS, 1);
  q = horner(q, r, EXP_TERMS, 2);
  q = horner(q, r, EXP_TERMS, 3);
  q = horner(q, r, EXP_TERMS, 4);
  q = horner(q, r, EXP_TERMS, 5);
  q = horner(q, r, EXP_TERMS, 6);
  q = horner(q, r, EXP_TERMS, 7);
  q = horner(q, r, EXP_TERMS, 8);
  q = horner(q, r, EXP_TERMS, 9);
  q = horner(q, r, EXP_TERMS, 10);
  return f64x2.sub(f64x2.mul(f64x2.mul(r, r), q), low);
}

/** Returns 2^k, with k in the lower 32 bits of each lane. */
@inline
function powerOfTwo(k: v128): v128 {
  return i64x2.shl(i64x2.add(k, both(EXPONENT_BIAS)), 52);
}

/** Returns min(x, bound); NaN stays NaN. */
@inline
function atMost(x: v128, bound: v128): v128 {
  return v128.bitselect(bound, x, f64x2.lt(bound, x));
}

/** e^x of both lanes. */
@inline
export function exp2lanes(x: v128): v128 {
  const lowest = both(EXP_LOWEST);
  const clamped = atMost(v128.bitselect(lowest, x, f64x2.lt(x, lowest)), both(EXP_HIGHEST));
  const shifted = shiftedExponent(clamped);
  const whole = i64x2.sub(shifted, both(ROUNDER)), half = i32x4.shr_s(whole, 1);
  const scaled = f64x2.mul(expMantissa(clamped, shifted), powerOfTwo(half));
  return f64x2.mul(scaled, powerOfTwo(i32x4.sub(whole, half)));
}

/**
 * e^x of both lanes for x ≤ 0 or NaN, in fewer steps. Below −700, the result is e^−700: in float32 both are 0.
 */
@inline
export function expOfNegative2(x: v128): v128 {
  const lowest = both(EXP_LOWEST_NORMAL);
  const clamped = v128.bitselect(lowest, x, f64x2.lt(x, lowest));
  const shifted = shiftedExponent(clamped);
  return f64x2.mul(expMantissa(clamped, shifted), powerOfTwo(i64x2.sub(shifted, both(ROUNDER))));
}

/** Returns x / log 2, rounded to an integer k, plus ROUNDER: the lower bits hold k as an integer. */
@inline
function shiftedExponent(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, both(LOG2_E)), both(ROUNDER));
}

/** Returns e^x / 2^k, with k from `shiftedExponent`. */
@inline
function expMantissa(x: v128, shifted: v128): v128 {
  const k = f64x2.sub(shifted, both(ROUNDER));
  const high = f64x2.sub(x, f64x2.mul(k, both(LN2_HIGH)));
  const rest = restOf(high, f64x2.mul(k, both(LN2_LOW)));
  const one = both(ONE), sum = f64x2.add(one, high);
  const error = f64x2.add(f64x2.sub(one, sum), high);
  return f64x2.add(sum, f64x2.add(error, rest));
}

/** e^x − 1 of both lanes. Each x must be 0 … 700 or NaN. */
@inline
function expMinusOne2(x: v128): v128 {
  const shifted = f64x2.add(f64x2.mul(x, both(LOG2_E)), both(ROUNDER));
  const scale = powerOfTwo(i64x2.sub(shifted, both(ROUNDER)));
  const k = f64x2.sub(shifted, both(ROUNDER));
  const high = f64x2.sub(x, f64x2.mul(k, both(LN2_HIGH)));
  const rest = restOf(high, f64x2.mul(k, both(LN2_LOW)));

  const whole = f64x2.sub(scale, both(ONE));
  const fraction = f64x2.mul(scale, high);
  const sum = f64x2.add(whole, fraction);
  const error = f64x2.add(f64x2.sub(whole, sum), fraction);
  return f64x2.add(sum, f64x2.add(error, f64x2.mul(scale, rest)));
}

/** −|x| */
@inline
export function minusSize(x: v128): v128 {
  return v128.or(x, both(SIGN));
}

/** 1 / (1 + e^−x) of both lanes. */
@inline
export function sigmoid2(x: v128): v128 {
  return sigmoidFrom(x, exp2lanes(minusSize(x)));
}

/** The same, in fewer steps, if the result is only rounded to float32; see `expOfNegative2`. */
@inline
export function singleSigmoid2(x: v128): v128 {
  return sigmoidFrom(x, expOfNegative2(minusSize(x)));
}

/** 1 / (1 + e^−x) from e = e^−|x|. */
@inline
function sigmoidFrom(x: v128, e: v128): v128 {
  const one = both(ONE), numerator = v128.bitselect(e, one, f64x2.lt(x, both(ZERO)));
  return f64x2.div(numerator, f64x2.add(one, e));
}

/** Hyperbolic tangent of both lanes. */
@inline
export function tanh2(x: v128): v128 {
  const bounded = atMost(v128.and(x, both(SIZE)), both(TANH_HIGHEST));
  const t = expMinusOne2(f64x2.mul(bounded, both(TWO)));
  const result = f64x2.div(t, f64x2.add(t, both(TWO)));
  // For ±0 the result is +0; with the sign of x it is ±0.
  return v128.or(result, v128.and(x, both(SIGN)));
}

const ERF_HIGHEST: usize = memory.data<f64>([6]);
const ERF_K: usize = memory.data<f64>([3.75]);
const ERF_NEAR: usize = memory.data<f64>([
  5.956905633653031e-11, -1.1372693191126323e-9, 1.4659736155673959e-8, -1.6350307065234626e-7, 1.6460999970345427e-6,
  -1.4925595235970651e-5, 0.00012055331110409494, -0.0008548326980801447, 0.0052239776248174784,
  -0.02686617064507674, 0.11283791670954878, -0.3761263890318375, 0.1283791670955126,
]);
const ERF_FAR: usize = memory.data<f64>([
  7.131731255239265e-7, 6.208144801289063e-7, -6.300262984335928e-6, 3.560667697695621e-6, 4.79107314889752e-5,
  -0.00015245718332927927, -2.5535448945846046e-5, 0.0018029620508574445, -0.008220621180507561, 0.024143223983468007,
  -0.05480232669388165, 0.10260431203203912, -0.16357189552393808, 0.2260080669166224, -0.27342193149542643,
  0.14558972127503853,
]);

/** The error function of both lanes where |x| < 1. Elsewhere the result is meaningless. */
@inline
export function erfBelow2(x: v128): v128 {
  const size = v128.and(x, both(SIZE));
  const z = f64x2.mul(size, size);
  let p = both(ERF_NEAR);
  p = horner(p, z, ERF_NEAR, 1);
  p = horner(p, z, ERF_NEAR, 2);
  p = horner(p, z, ERF_NEAR, 3);
  p = horner(p, z, ERF_NEAR, 4);
  p = horner(p, z, ERF_NEAR, 5);
  p = horner(p, z, ERF_NEAR, 6);
  p = horner(p, z, ERF_NEAR, 7);
  p = horner(p, z, ERF_NEAR, 8);
  p = horner(p, z, ERF_NEAR, 9);
  p = horner(p, z, ERF_NEAR, 10);
  p = horner(p, z, ERF_NEAR, 11);
  p = horner(p, z, ERF_NEAR, 12);
  const result = f64x2.add(size, f64x2.mul(size, p));
  return v128.or(result, v128.and(x, both(SIGN)));
}

/** The error function of both lanes where |x| ≥ 1 or NaN. */
@inline
export function erfBeyond2(x: v128): v128 {
  const size = atMost(v128.and(x, both(SIZE)), both(ERF_HIGHEST));
  const z = f64x2.mul(size, size);
  const t = f64x2.div(f64x2.sub(size, both(ERF_K)), f64x2.add(size, both(ERF_K)));
  let q = both(ERF_FAR);
  q = horner(q, t, ERF_FAR, 1);
  q = horner(q, t, ERF_FAR, 2);
  q = horner(q, t, ERF_FAR, 3);
  q = horner(q, t, ERF_FAR, 4);
  q = horner(q, t, ERF_FAR, 5);
  q = horner(q, t, ERF_FAR, 6);
  q = horner(q, t, ERF_FAR, 7);
  q = horner(q, t, ERF_FAR, 8);
  q = horner(q, t, ERF_FAR, 9);
  q = horner(q, t, ERF_FAR, 10);
  q = horner(q, t, ERF_FAR, 11);
  q = horner(q, t, ERF_FAR, 12);
  q = horner(q, t, ERF_FAR, 13);
  q = horner(q, t, ERF_FAR, 14);
  q = horner(q, t, ERF_FAR, 15);
  const result = f64x2.sub(both(ONE), f64x2.mul(expOfNegative2(minusSize(z)), q));

  return v128.or(result, v128.and(x, both(SIGN)));
}

/** 2⁵². Writing an integer below it into its lower bits adds the integer. */
const COUNTER: usize = memory.data<f64>([4503599627370496]);
const FRACTION: usize = memory.data<u64>([0x000fffffffffffff]);
const SQRT_HALF_BITS: usize = memory.data<u64>([0x3fe6a09e00000000]);
/** Added to the bits of x, it carries into the exponent if the fraction is at least √2. */
const CARRY_BITS: usize = memory.data<u64>([0x00095f6200000000]);
const LOG_BIAS: usize = memory.data<f64>([1023]);
const LOG_TERMS: usize = memory.data<f64>([
  0.14616585424888623, 0.15331710618210773, 0.18182889455674947, 0.22222211130259878, 0.2857142862600327,
  0.39999999999899444, 0.666666666666667,
]);

/** Natural logarithm of both lanes. Each x must be normal, positive and finite, or NaN. */
@inline
export function logOfNormal2(x: v128): v128 {
  const shifted = i64x2.add(x, both(CARRY_BITS));
  const exponent = v128.or(i64x2.shr_u(shifted, 52), both(COUNTER));
  const k = f64x2.sub(f64x2.sub(exponent, both(COUNTER)), both(LOG_BIAS));
  const m = i64x2.add(v128.and(shifted, both(FRACTION)), both(SQRT_HALF_BITS));

  const f = f64x2.sub(m, both(ONE));
  const s = f64x2.div(f, f64x2.add(both(TWO), f));
  const z = f64x2.mul(s, s);
  let r = both(LOG_TERMS);
  r = horner(r, z, LOG_TERMS, 1);
  r = horner(r, z, LOG_TERMS, 2);
  r = horner(r, z, LOG_TERMS, 3);
  r = horner(r, z, LOG_TERMS, 4);
  r = horner(r, z, LOG_TERMS, 5);
  r = horner(r, z, LOG_TERMS, 6);
  r = f64x2.mul(r, z);
  const halfSquare = f64x2.mul(f64x2.mul(both(HALF), f), f);
  const products = f64x2.add(f64x2.mul(s, f64x2.add(halfSquare, r)), f64x2.mul(k, both(LN2_LOW)));
  const rest = f64x2.sub(products, halfSquare);
  const whole = f64x2.mul(k, both(LN2_HIGH));
  const sum = f64x2.add(whole, f);
  const error = f64x2.add(f64x2.sub(whole, sum), f);
  return f64x2.add(sum, f64x2.add(error, rest));
}

export function exp1(x: f64): f64 {
  return f64x2.extract_lane(exp2lanes(f64x2.splat(x)), 0);
}

/** Natural logarithm. */
export function log1(x: f64): f64 {
  const subnormal = x < 2.2250738585072014e-308;
  const normal = subnormal ? x * 18014398509481984 : x;

  const bits = reinterpret<i64>(normal);
  const shifted = <i32>(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
  const k = <f64>((shifted >> 20) - 1023 - (subnormal ? 54 : 0));
  const upper = <i64>((shifted & 0xfffff) + 0x3fe6a09e);
  const m = reinterpret<f64>((upper << 32) | (bits & 0xffffffff));

  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  let r: f64 = 0.14616585424888623;
  r = r * z + 0.15331710618210773;
  r = r * z + 0.18182889455674947;
  r = r * z + 0.22222211130259878;
  r = r * z + 0.2857142862600327;
  r = r * z + 0.39999999999899444;
  r = r * z + 0.666666666666667;
  r = r * z;
  const halfSquare = 0.5 * f * f;
  const rest = s * (halfSquare + r) + k * load<f64>(LN2_LOW) - halfSquare;
  const whole = k * load<f64>(LN2_HIGH);
  const sum = whole + f;
  const error = whole - sum + f;
  const result = sum + (error + rest);

  const finite = x < Infinity ? result : x;
  const nonNegative = x < 0 ? NaN : finite;
  return x == 0 ? -Infinity : nonNegative;
}
