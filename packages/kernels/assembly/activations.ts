// Elementwise functions whose derivative can be computed from their output. The formulas are in backend.ts,
// `Activation`.

import { singleSigmoid2, tanh2 } from "./elementary";
import { BLOCK, endOf, ROOM, toDouble, toSingle } from "./lanes";
import { own } from "./own";

// Keep equal to src/activation-codes.ts.
export const NONE: u32 = 0;
export const RELU: u32 = 1;
export const LEAKY_RELU: u32 = 2;
export const SIGMOID: u32 = 3;
export const TANH: u32 = 4;

/** out = f(x) for `length` numbers; out may be x. */
export function activate(kind: u32, slope: f32, x: usize, out: usize, length: u32): void {
  if (kind == SIGMOID || kind == TANH) squash(kind, x, out, length);
  else bend(kind, slope, x, out, length);
}

function squash(kind: u32, x: usize, out: usize, length: u32): void {
  const room = own(ROOM);
  for (let i: u32 = 0; i < length; i += BLOCK) {
    const count = min<u32>(BLOCK, length - i), at = <usize>i << 2;
    toDouble(x + at, count, room);
    if (kind == SIGMOID) sigmoids(room, endOf(room, count));
    else tangents(room, endOf(room, count));
    toSingle(room, count, out + at);
  }
}

/** Replaces the float64 numbers from `at` to `end`, four at a time, by their sigmoids. */
function sigmoids(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const y0 = singleSigmoid2(v128.load(at, 0)), y1 = singleSigmoid2(v128.load(at, 16));
    v128.store(at, y0, 0); v128.store(at, y1, 16);
  }
}

function tangents(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const y0 = tanh2(v128.load(at, 0)), y1 = tanh2(v128.load(at, 16));
    v128.store(at, y0, 0); v128.store(at, y1, 16);
  }
}

/** Returns f of four numbers. */
@inline
function bent(kind: u32, slope: f32, x: v128): v128 {
  // pmax(x, 0) is x < 0 ? 0 : x, so NaN stays NaN.
  if (kind == RELU) return f32x4.pmax(x, f32x4.splat(0));
  return v128.bitselect(f32x4.mul(f32x4.splat(slope), x), x, f32x4.lt(x, f32x4.splat(0)));
}

function bend(kind: u32, slope: f32, x: usize, out: usize, length: u32): void {
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    const x0 = v128.load(x, 0), x1 = v128.load(x, 16);
    const y0 = bent(kind, slope, x0), y1 = bent(kind, slope, x1);
    v128.store(out, y0, 0); v128.store(out, y1, 16);
    x += 32; out += 32;
  }
  for (; i < length; i++) {
    store<f32>(out, f32x4.extract_lane(bent(kind, slope, v128.load_splat<f32>(x)), 0));
    x += 4; out += 4;
  }
}

/** Returns the derivatives for four outputs. */
@inline
function slopeAt(kind: u32, slope: f32, y: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == RELU) return v128.and(f32x4.gt(y, f32x4.splat(0)), one);
  if (kind == LEAKY_RELU) return v128.bitselect(one, f32x4.splat(slope), f32x4.gt(y, f32x4.splat(0)));
  if (kind == SIGMOID) return f32x4.mul(y, f32x4.sub(one, y));
  return f32x4.sub(one, f32x4.mul(y, y));
}

/** out = dy · f′ for `length` numbers, with f′ computed from y; out may be dy. */
export function activateBackward(kind: u32, slope: f32, y: usize, dy: usize, out: usize, length: u32): void {
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    const y0 = v128.load(y, 0), y1 = v128.load(y, 16), d0 = v128.load(dy, 0), d1 = v128.load(dy, 16);
    const dx0 = f32x4.mul(d0, slopeAt(kind, slope, y0)), dx1 = f32x4.mul(d1, slopeAt(kind, slope, y1));
    v128.store(out, dx0, 0); v128.store(out, dx1, 16);
    y += 32; dy += 32; out += 32;
  }
  for (; i < length; i++) {
    const dx = f32x4.mul(v128.load_splat<f32>(dy), slopeAt(kind, slope, v128.load_splat<f32>(y)));
    store<f32>(out, f32x4.extract_lane(dx, 0));
    y += 4; dy += 4; out += 4;
  }
}
