// One step of a recurrent cell for all examples, row by row, so that the gates of a row stay in the L1 cache.
// Each gate has `units` numbers. Each loop processes four numbers at once and the rest one by one, with the
// same formula. Most of the time is spent in the sigmoids.

import { activate, SIGMOID, TANH } from "./activations";

@inline
function plus(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

@inline
function times(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

/** 1 − x */
@inline
function rest(x: v128): v128 {
  return f32x4.sub(f32x4.splat(1), x);
}

/** Loads four numbers, or one number if `one` is set, for the end of a row. */
@inline
function take(from: usize, one: bool): v128 {
  return one ? v128.load_splat<f32>(from) : v128.load(from);
}

@inline
function put(to: usize, x: v128, one: bool): void {
  if (one) store<f32>(to, f32x4.extract_lane(x, 0));
  else v128.store(to, x);
}

/** Backend.lstmStep; gates (rows, 4 · units), the others (rows, units). */
export function lstmStep(
  rows: u32, units: u32, gates: usize, forgetBias: f32, before: usize, after: usize, squashed: usize, state: usize,
): void {
  const width = <usize>units << 2;
  for (let row: u32 = 0; row < rows; row++) {
    const f = gates + width, g = f + width, o = g + width;
    addToAll(f, units, forgetBias);
    activate(SIGMOID, 0, gates, gates, units << 1);
    activate(TANH, 0, g, g, units);
    activate(SIGMOID, 0, o, o, units);
    let at: usize = 0;
    for (; at + 16 <= width; at += 16) remember(gates + at, f + at, g + at, before + at, after + at, false);
    for (; at < width; at += 4) remember(gates + at, f + at, g + at, before + at, after + at, true);
    activate(TANH, 0, after, squashed, units);
    multiply(o, squashed, state, units);
    gates += width << 2;
    before += width; after += width; squashed += width; state += width;
  }
}

function addToAll(x: usize, count: u32, term: f32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16) v128.store(x, plus(v128.load(x), f32x4.splat(term)));
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) + term);
}

/** out = x·y */
function multiply(x: usize, y: usize, out: usize, count: u32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16, y += 16, out += 16) v128.store(out, times(v128.load(x), v128.load(y)));
  for (; x < end; x += 4, y += 4, out += 4) store<f32>(out, load<f32>(x) * load<f32>(y));
}

/** after = f·before + i·g */
@inline
function remember(i: usize, f: usize, g: usize, before: usize, after: usize, one: bool): void {
  const kept = times(take(f, one), take(before, one)), taken = times(take(i, one), take(g, one));
  put(after, plus(kept, taken), one);
}

/** Backend.lstmStepBackward; gates and dz (rows, 4 · units), the others (rows, units). */
export function lstmStepBackward(
  rows: u32, units: u32, gates: usize, before: usize, squashed: usize, dh: usize, dc: usize, dz: usize,
): void {
  const width = <usize>units << 2;
  for (let row: u32 = 0; row < rows; row++) {
    let at: usize = 0;
    for (; at + 16 <= width; at += 16) {
      lstmSlopes(gates + at, width, before + at, squashed + at, dh + at, dc + at, dz + at, false);
    }
    for (; at < width; at += 4) {
      lstmSlopes(gates + at, width, before + at, squashed + at, dh + at, dc + at, dz + at, true);
    }
    gates += width << 2; dz += width << 2;
    before += width; squashed += width; dh += width; dc += width;
  }
}

@inline
function lstmSlopes(
  gates: usize, width: usize, before: usize, squashed: usize, dh: usize, dc: usize, dz: usize, one: bool,
): void {
  const i = take(gates, one), f = take(gates + width, one);
  const g = take(gates + 2 * width, one), o = take(gates + 3 * width, one);
  const d = take(dh, one), s = take(squashed, one);
  const m = plus(take(dc, one), times(times(d, o), rest(times(s, s))));
  put(dz, times(times(times(m, g), i), rest(i)), one);
  put(dz + width, times(times(times(m, take(before, one)), f), rest(f)), one);
  put(dz + 2 * width, times(times(m, i), rest(times(g, g))), one);
  put(dz + 3 * width, times(times(times(d, s), o), rest(o)), one);
  put(dc, times(m, f), one);
}

/**
 * Backend.gruStep; gates and recurrent (rows, 3 · units), bias 0 or the address of `units` numbers, the
 * others (rows, units).
 */
export function gruStep(
  rows: u32, units: u32, gates: usize, recurrent: usize, bias: usize, before: usize, after: usize,
): void {
  const width = <usize>units << 2;
  for (let row: u32 = 0; row < rows; row++) {
    const z = gates + width, n = z + width, sn = recurrent + 2 * width;
    add(recurrent, gates, units << 1);
    if (bias) add(bias, sn, units);
    activate(SIGMOID, 0, gates, gates, units << 1);
    let at: usize = 0;
    for (; at + 16 <= width; at += 16) propose(gates + at, sn + at, n + at, false);
    for (; at < width; at += 4) propose(gates + at, sn + at, n + at, true);
    activate(TANH, 0, n, n, units);
    at = 0;
    for (; at + 16 <= width; at += 16) blend(z + at, n + at, before + at, after + at, false);
    for (; at < width; at += 4) blend(z + at, n + at, before + at, after + at, true);
    gates += 3 * width; recurrent += 3 * width;
    before += width; after += width;
  }
}

/** out += x */
function add(x: usize, out: usize, count: u32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16, out += 16) v128.store(out, plus(v128.load(out), v128.load(x)));
  for (; x < end; x += 4, out += 4) store<f32>(out, load<f32>(out) + load<f32>(x));
}

/** n = n + r·sn */
@inline
function propose(r: usize, sn: usize, n: usize, one: bool): void {
  put(n, plus(take(n, one), times(take(r, one), take(sn, one))), one);
}

/** after = (1 − z)·n + z·before */
@inline
function blend(z: usize, n: usize, before: usize, after: usize, one: bool): void {
  const share = take(z, one);
  put(after, plus(times(rest(share), take(n, one)), times(share, take(before, one))), one);
}

/**
 * Backend.gruStepBackward; gates, recurrent, dz and dRecurrent (rows, 3 · units), the others (rows, units).
 */
export function gruStepBackward(
  rows: u32, units: u32, gates: usize, recurrent: usize, before: usize, dh: usize, dz: usize, dRecurrent: usize,
): void {
  const width = <usize>units << 2;
  for (let row: u32 = 0; row < rows; row++) {
    let at: usize = 0;
    for (; at + 16 <= width; at += 16) {
      gruSlopes(gates + at, width, recurrent + at, before + at, dh + at, dz + at, dRecurrent + at, false);
    }
    for (; at < width; at += 4) {
      gruSlopes(gates + at, width, recurrent + at, before + at, dh + at, dz + at, dRecurrent + at, true);
    }
    gates += 3 * width; recurrent += 3 * width; dz += 3 * width; dRecurrent += 3 * width;
    before += width; dh += width;
  }
}

@inline
function gruSlopes(
  gates: usize, width: usize, recurrent: usize, before: usize, dh: usize, dz: usize, dRecurrent: usize, one: bool,
): void {
  const r = take(gates, one), z = take(gates + width, one), n = take(gates + 2 * width, one), d = take(dh, one);
  const dn = times(times(d, rest(z)), rest(times(n, n)));
  const dr = times(times(times(dn, take(recurrent + 2 * width, one)), r), rest(r));
  const du = times(times(times(d, f32x4.sub(take(before, one), n)), z), rest(z));
  put(dz, dr, one);
  put(dz + width, du, one);
  put(dz + 2 * width, dn, one);
  put(dRecurrent, dr, one);
  put(dRecurrent + width, du, one);
  put(dRecurrent + 2 * width, times(dn, r), one);
  put(dh, times(d, z), one);
}
