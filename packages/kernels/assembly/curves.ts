// Elementwise functions whose derivative needs their input. The same steps as in
// packages/tensor/src/reference/elementwise.ts, two float64 lanes at a time.

import { both, exp2lanes, HALF, logOfNormal2, minusSize, ONE, sigmoid2, tanh2, TWO, ZERO } from "./elementary";
import { BLOCK, endOf, ROOM, SECOND_ROOM, toDouble, toSingle } from "./lanes";
import { DISTRIBUTION, distribute } from "./normal-distribution";
import { own } from "./own";

// Keep equal to src/operations/elementwise-functions.ts.
const GELU: u32 = 1;
const GELU_TANH: u32 = 2;
const SILU: u32 = 3;
const MISH: u32 = 4;
const SOFTPLUS: u32 = 5;
const EXPONENTIAL_LINEAR: u32 = 6;
const HARD_SWISH: u32 = 7;

/** The two arguments of the current function. Constants must come from memory; see elementary.ts. */
const FIRST: usize = memory.data(8, 8);
const SECOND: usize = memory.data(8, 8);

/** out = f(x) for `length` numbers; out may be x. first, second: the arguments of the function. */
export function bend(curve: u32, first: f64, second: f64, x: usize, out: usize, length: u32): void {
  const room = own(ROOM);
  store<f64>(own(FIRST), first);
  store<f64>(own(SECOND), second);
  for (let i: u32 = 0; i < length; i += BLOCK) {
    const count = min<u32>(BLOCK, length - i), at = <usize>i << 2;
    toDouble(x + at, count, room);
    if (curve == GELU) distribute(x + at, room, count);
    values(curve, endOf(room, count));
    toSingle(room, count, out + at);
  }
}

/** out = dy · f′(x) for `length` numbers; out may be dy. */
export function bendBackward(curve: u32, first: f64, second: f64, x: usize, dy: usize, out: usize, length: u32): void {
  const room = own(ROOM), secondRoom = own(SECOND_ROOM);
  store<f64>(own(FIRST), first);
  store<f64>(own(SECOND), second);
  for (let i: u32 = 0; i < length; i += BLOCK) {
    const count = min<u32>(BLOCK, length - i), at = <usize>i << 2;
    toDouble(x + at, count, room);
    toDouble(dy + at, count, secondRoom);
    if (curve == GELU) distribute(x + at, room, count);
    slopes(curve, endOf(room, count));
    toSingle(room, count, out + at);
  }
}

// Each function has its own loop with its formula inlined, because V8 uses 256-bit instructions neither
// across calls nor in long functions.

function values(curve: u32, end: usize): void {
  if (curve == GELU) geluValues(end);
  else if (curve == GELU_TANH) geluByTanhValues(end);
  else if (curve == SILU) siluValues(end);
  else if (curve == MISH) mishValues(end);
  else if (curve == SOFTPLUS) softplusValues(end);
  else if (curve == EXPONENTIAL_LINEAR) exponentialLinearValues(end);
  else hardSwishValues(end);
}

function slopes(curve: u32, end: usize): void {
  if (curve == GELU) geluSlopes(end);
  else if (curve == GELU_TANH) geluByTanhSlopes(end);
  else if (curve == SILU) siluSlopes(end);
  else if (curve == MISH) mishSlopes(end);
  else if (curve == SOFTPLUS) softplusSlopes(end);
  else if (curve == EXPONENTIAL_LINEAR) exponentialLinearSlopes(end);
  else hardSwishSlopes(end);
}

/** x·Φ(x) */
function geluValues(end: usize): void {
  for (let at = own(ROOM), phi = own(DISTRIBUTION); at < end; at += 32, phi += 32) {
    const y0 = f64x2.mul(v128.load(at, 0), v128.load(phi, 0)), y1 = f64x2.mul(v128.load(at, 16), v128.load(phi, 16));
    v128.store(at, y0, 0); v128.store(at, y1, 16);
  }
}

function geluByTanhValues(end: usize): void { valuesOf(GELU_TANH, end); }
function siluValues(end: usize): void { valuesOf(SILU, end); }
function mishValues(end: usize): void { valuesOf(MISH, end); }
function softplusValues(end: usize): void { valuesOf(SOFTPLUS, end); }
function exponentialLinearValues(end: usize): void { valuesOf(EXPONENTIAL_LINEAR, end); }
function hardSwishValues(end: usize): void { valuesOf(HARD_SWISH, end); }

/** dy · (Φ(x) + x·φ(x)), with the density φ(x) = e^(−x²/2) / √(2π). */
function geluSlopes(end: usize): void {
  for (let at = own(ROOM), phi = own(DISTRIBUTION), dy = own(SECOND_ROOM); at < end; at += 32, phi += 32, dy += 32) {
    const p0 = v128.load(phi, 0), p1 = v128.load(phi, 16);
    const w0 = weightedDensity(v128.load(at, 0)), w1 = weightedDensity(v128.load(at, 16));
    const s0 = f64x2.add(p0, w0), s1 = f64x2.add(p1, w1);
    const dx0 = f64x2.mul(v128.load(dy, 0), s0), dx1 = f64x2.mul(v128.load(dy, 16), s1);
    v128.store(at, dx0, 0); v128.store(at, dx1, 16);
  }
}

/** x·φ(x) */
@inline
function weightedDensity(x: v128): v128 {
  const square = f64x2.mul(f64x2.mul(both(MINUS_HALF), x), x);
  return f64x2.mul(f64x2.mul(x, both(ONE_BY_SQRT_2_PI)), exp2lanes(square));
}

function geluByTanhSlopes(end: usize): void { slopesOf(GELU_TANH, end); }
function siluSlopes(end: usize): void { slopesOf(SILU, end); }
function mishSlopes(end: usize): void { slopesOf(MISH, end); }
function softplusSlopes(end: usize): void { slopesOf(SOFTPLUS, end); }
function exponentialLinearSlopes(end: usize): void { slopesOf(EXPONENTIAL_LINEAR, end); }
function hardSwishSlopes(end: usize): void { slopesOf(HARD_SWISH, end); }

/** Replaces each number x of ROOM by f(x). */
@inline
function valuesOf(curve: u32, end: usize): void {
  for (let at = own(ROOM); at < end; at += 32) {
    const y0 = valueAt(curve, v128.load(at, 0)), y1 = valueAt(curve, v128.load(at, 16));
    v128.store(at, y0, 0); v128.store(at, y1, 16);
  }
}

/** Replaces each number x of ROOM by dy · f′(x), with dy from SECOND_ROOM. */
@inline
function slopesOf(curve: u32, end: usize): void {
  for (let at = own(ROOM), dy = own(SECOND_ROOM); at < end; at += 32, dy += 32) {
    const d0 = v128.load(dy, 0), d1 = v128.load(dy, 16);
    const s0 = slopeAt(curve, v128.load(at, 0)), s1 = slopeAt(curve, v128.load(at, 16));
    const dx0 = f64x2.mul(d0, s0), dx1 = f64x2.mul(d1, s1);
    v128.store(at, dx0, 0); v128.store(at, dx1, 16);
  }
}

@inline
function valueAt(curve: u32, x: v128): v128 {
  if (curve == GELU_TANH) return f64x2.mul(x, sigmoid2(cubic(x)));
  if (curve == SILU) return f64x2.mul(x, sigmoid2(x));
  if (curve == MISH) return f64x2.mul(x, tanhOfSoftplus(x, exp2lanes(minusSize(x))));
  if (curve == SOFTPLUS) return f64x2.div(logOnePlusExp(f64x2.mul(both(own(FIRST)), x)), both(own(FIRST)));
  if (curve == EXPONENTIAL_LINEAR) {
    const below = f64x2.mul(both(own(FIRST)), exponentialMinusOne(x));
    return f64x2.mul(both(own(SECOND)), v128.bitselect(x, below, f64x2.lt(both(ZERO), x)));
  }
  const between = f64x2.div(f64x2.mul(x, f64x2.add(x, both(THREE))), both(SIX));
  return outside(x, x, between);
}

@inline
function slopeAt(curve: u32, x: v128): v128 {
  const one = both(ONE);
  if (curve == GELU_TANH) {
    const s = sigmoid2(cubic(x));
    const inner = f64x2.add(one, f64x2.mul(f64x2.mul(both(THREE_CUBIC), x), x));
    const product = f64x2.mul(f64x2.mul(f64x2.mul(x, s), f64x2.sub(one, s)), both(TWO_SQRT_2_BY_PI));
    return f64x2.add(s, f64x2.mul(product, inner));
  }
  if (curve == SILU) {
    const s = sigmoid2(x);
    return f64x2.mul(s, f64x2.add(one, f64x2.mul(x, f64x2.sub(one, s))));
  }
  if (curve == MISH) {
    const e = exp2lanes(minusSize(x));
    const t = tanhOfSoftplus(x, e);
    const s = f64x2.div(v128.bitselect(e, one, f64x2.lt(x, both(ZERO))), f64x2.add(one, e)); // sigmoid
    return f64x2.add(t, f64x2.mul(f64x2.mul(x, f64x2.sub(one, f64x2.mul(t, t))), s));
  }
  if (curve == SOFTPLUS) return sigmoid2(f64x2.mul(both(own(FIRST)), x));
  if (curve == EXPONENTIAL_LINEAR) {
    const below = f64x2.mul(both(own(FIRST)), exp2lanes(x));
    return f64x2.mul(both(own(SECOND)), v128.bitselect(one, below, f64x2.lt(both(ZERO), x)));
  }
  const between = f64x2.div(f64x2.add(f64x2.mul(both(TWO), x), both(THREE)), both(SIX));
  return outside(x, one, between);
}

const ONE_BY_SQRT_2_PI: usize = memory.data<f64>([0.3989422804014327]);
const MINUS_HALF: usize = memory.data<f64>([-0.5]);
const TWO_SQRT_2_BY_PI: usize = memory.data<f64>([1.5957691216057308]);
const CUBIC: usize = memory.data<f64>([0.044715]);
const THREE_CUBIC: usize = memory.data<f64>([0.134145]);
const MINUS_THREE: usize = memory.data<f64>([-3]);
const THREE: usize = memory.data<f64>([3]);
const SIX: usize = memory.data<f64>([6]);

/** 2·√(2/π)·(x + 0.044715·x³) */
@inline
function cubic(x: v128): v128 {
  const cube = f64x2.mul(f64x2.mul(f64x2.mul(both(CUBIC), x), x), x);
  return f64x2.mul(both(TWO_SQRT_2_BY_PI), f64x2.add(x, cube));
}

/** tanh(log(1 + e^x)) from e = e^−|x|. */
@inline
function tanhOfSoftplus(x: v128, e: v128): v128 {
  const negative = f64x2.lt(x, both(ZERO)), twice = f64x2.mul(both(TWO), e);
  const numerator = v128.bitselect(f64x2.mul(e, f64x2.add(e, both(TWO))), f64x2.add(both(ONE), twice), negative);
  const more = v128.bitselect(both(TWO), f64x2.mul(twice, e), negative);
  return f64x2.div(numerator, f64x2.add(numerator, more));
}

/** log(1 + e^x) */
@inline
function logOnePlusExp(x: v128): v128 {
  const one = both(ONE), e = exp2lanes(minusSize(x));
  const sum = f64x2.add(one, e);
  const kept = f64x2.div(f64x2.mul(logOfNormal2(sum), e), f64x2.sub(sum, one));
  const rest = v128.bitselect(e, kept, f64x2.eq(sum, one));
  return v128.bitselect(f64x2.add(x, rest), rest, f64x2.lt(both(ZERO), x));
}

/** e^x − 1, x ≤ 0 */
@inline
function exponentialMinusOne(x: v128): v128 {
  const t = tanh2(f64x2.mul(x, both(HALF)));
  return f64x2.div(f64x2.mul(both(TWO), t), f64x2.sub(both(ONE), t));
}

/** 0 where x ≤ −3, `right` where x ≥ 3, else `between`. */
@inline
function outside(x: v128, right: v128, between: v128): v128 {
  const notLeft = v128.bitselect(right, between, f64x2.le(both(THREE), x));
  return v128.bitselect(both(ZERO), notLeft, f64x2.le(x, both(MINUS_THREE)));
}
