// The functions of packages/tensor/src/math, step for step, two float64 lanes at a time: the same operations in the
// same order, so the same bits. What each step is for stands there.

@inline const LOG2_E: f64 = 1.4426950408889634;
@inline const ROUNDER: f64 = 6755399441055744;
@inline const LN2_HIGH: f64 = 0.6931471803691238;
@inline const LN2_LOW: f64 = 1.9082149292705877e-10;

@inline
function times(x: v128, y: f64): v128 {
  return f64x2.mul(x, f64x2.splat(y));
}

/** q·r + c */
@inline
function horner(q: v128, r: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(q, r), f64x2.splat(c));
}

/** r²·q(r) − low, the part of e^r − 1 beyond `high`. */
@inline
function restOf(high: v128, low: v128): v128 {
  const r = f64x2.sub(high, low);
  let q = f64x2.splat(2.0911236630261545e-9);
  q = horner(q, r, 2.510038549551032e-8);
  q = horner(q, r, 2.755728296954995e-7);
  q = horner(q, r, 2.7557268459997064e-6);
  q = horner(q, r, 2.4801587317144498e-5);
  q = horner(q, r, 0.00019841269863053618);
  q = horner(q, r, 0.0013888888888886552);
  q = horner(q, r, 0.008333333333330062);
  q = horner(q, r, 0.041666666666666664);
  q = horner(q, r, 0.16666666666666669);
  q = horner(q, r, 0.5);
  return f64x2.sub(f64x2.mul(f64x2.mul(r, r), q), low);
}

/** 2^k, from k in the lower 32 bits of each lane. */
@inline
function powerOfTwo(k: v128): v128 {
  return i64x2.shl(i32x4.add(k, i64x2.splat(1023)), 52);
}

/** e^x of both lanes. */
@inline
export function exp2lanes(x: v128): v128 {
  const above = v128.bitselect(f64x2.splat(-746), x, f64x2.lt(x, f64x2.splat(-746)));
  const clamped = v128.bitselect(f64x2.splat(710), above, f64x2.gt(above, f64x2.splat(710)));

  // The rounder's own bits hold k as a whole number.
  const shifted = f64x2.add(times(clamped, LOG2_E), f64x2.splat(ROUNDER));
  const whole = i64x2.sub(shifted, f64x2.splat(ROUNDER));
  const k = f64x2.sub(shifted, f64x2.splat(ROUNDER));
  const high = f64x2.sub(clamped, times(k, LN2_HIGH));
  const rest = restOf(high, times(k, LN2_LOW));

  const one = f64x2.splat(1);
  const sum = f64x2.add(one, high);
  const error = f64x2.add(f64x2.sub(one, sum), high);
  const mantissa = f64x2.add(sum, f64x2.add(error, rest));

  const half = i32x4.shr_s(whole, 1);
  return f64x2.mul(f64x2.mul(mantissa, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** e^x − 1 of both lanes, each 0 … 700 or NaN. */
@inline
function expMinusOne2(x: v128): v128 {
  const shifted = f64x2.add(times(x, LOG2_E), f64x2.splat(ROUNDER));
  const scale = powerOfTwo(i64x2.sub(shifted, f64x2.splat(ROUNDER)));
  const k = f64x2.sub(shifted, f64x2.splat(ROUNDER));
  const high = f64x2.sub(x, times(k, LN2_HIGH));
  const rest = restOf(high, times(k, LN2_LOW));

  const whole = f64x2.sub(scale, f64x2.splat(1));
  const fraction = f64x2.mul(scale, high);
  const sum = f64x2.add(whole, fraction);
  const error = f64x2.add(f64x2.sub(whole, sum), fraction);
  return f64x2.add(sum, f64x2.add(error, f64x2.mul(scale, rest)));
}

/** 1 / (1 + e^−x) of both lanes. */
@inline
export function sigmoid2(x: v128): v128 {
  const one = f64x2.splat(1);
  const e = exp2lanes(f64x2.neg(f64x2.abs(x)));
  const numerator = v128.bitselect(e, one, f64x2.lt(x, f64x2.splat(0)));
  return f64x2.div(numerator, f64x2.add(one, e));
}

/** Hyperbolic tangent of both lanes. */
@inline
export function tanh2(x: v128): v128 {
  const zero = f64x2.splat(0);
  const size = f64x2.abs(x);
  const bounded = v128.bitselect(f64x2.splat(20), size, f64x2.gt(size, f64x2.splat(20)));
  const t = expMinusOne2(times(bounded, 2));
  const result = f64x2.div(t, f64x2.add(t, f64x2.splat(2)));
  const signed = v128.bitselect(f64x2.neg(result), result, f64x2.lt(x, zero));
  return v128.bitselect(x, signed, f64x2.eq(x, zero));
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
  const rest = s * (halfSquare + r) + k * LN2_LOW - halfSquare;
  const whole = k * LN2_HIGH;
  const sum = whole + f;
  const error = whole - sum + f;
  const result = sum + (error + rest);

  const finite = x < Infinity ? result : x;
  const nonNegative = x < 0 ? NaN : finite;
  return x == 0 ? -Infinity : nonNegative;
}
