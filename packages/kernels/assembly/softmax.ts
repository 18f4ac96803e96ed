import { both, exp2lanes } from "./elementary";
import { endOf, toDouble, toSingle } from "./lanes";
import { own } from "./own";

const SCALE: usize = memory.data(8, 8);
/** The number subtracted from each number of the row. */
const OFF: usize = memory.data(8, 8);
const DIVISOR: usize = memory.data(8, 8);

/**
 * Backend.softmax for `rows` rows from firstRow; x and out (rows, columns). causal: row r uses its first r
 * mod `columns` + 1 columns. room: space for `columns` + 3 float64 numbers.
 */
export function softmax(
  x: usize, firstRow: u32, rows: u32, columns: u32, scale: f64, causal: bool, out: usize, room: usize,
): void {
  const step = <usize>columns << 2;
  store<f64>(own(SCALE), scale);
  let hidden: u32 = causal ? columns - firstRow % columns : 1;
  for (let row: u32 = 0; row < rows; row++) {
    hidden = !causal ? 0 : hidden == 0 ? columns - 1 : hidden - 1;
    const count = columns - hidden, end = endOf(room, count);
    store<f64>(own(OFF), <f64>largest(x, count));
    toDouble(x, count, room);
    for (let at = room + (<usize>count << 3); at < end; at += 8) store<f64>(at, -Infinity); // e = +0
    store<f64>(own(DIVISOR), exponentials(room, end));
    divide(room, end);
    toSingle(room, count, out);
    for (let at = out + (<usize>count << 2); at < out + step; at += 4) store<f32>(at, 0);
    x += step;
    out += step;
  }
}

/**
 * Returns the largest of `count` numbers. It may skip a NaN, but results computed from the row are then NaN.
 */
function largest(x: usize, count: u32): f32 {
  let i: u32 = 1;
  let result = load<f32>(x);
  if (count >= 4) {
    let four = v128.load(x);
    for (i = 4; i + 4 <= count; i += 4) four = f32x4.pmax(four, v128.load(x + (<usize>i << 2)));
    const two = f32x4.pmax(four, v128.shuffle<f32>(four, four, 2, 3, 0, 1));
    result = f32x4.extract_lane(f32x4.pmax(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
  }
  for (; i < count; i++) {
    const value = load<f32>(x + (<usize>i << 2));
    if (value > result) result = value;
  }
  return result;
}

/**
 * Replaces each float64 number x from `at` to `end`, four at a time, by e^(SCALE·(x − OFF)). Returns their
 * sum, computed in four lanes.
 */
function exponentials(at: usize, end: usize): f64 {
  let sum0 = f64x2.splat(0), sum1 = f64x2.splat(0);
  for (; at < end; at += 32) {
    const e0 = exponential(v128.load(at, 0)), e1 = exponential(v128.load(at, 16));
    v128.store(at, e0, 0); v128.store(at, e1, 16);
    sum0 = f64x2.add(sum0, e0); sum1 = f64x2.add(sum1, e1);
  }
  return total(sum0, sum1);
}

@inline
function exponential(x: v128): v128 {
  return exp2lanes(f64x2.mul(both(own(SCALE)), f64x2.sub(x, both(own(OFF)))));
}

/** (s₀ + s₁) + (s₂ + s₃) */
@inline
function total(low: v128, high: v128): f64 {
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1)
    + (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
}

function divide(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const p0 = f64x2.div(v128.load(at, 0), both(own(DIVISOR))), p1 = f64x2.div(v128.load(at, 16), both(own(DIVISOR)));
    v128.store(at, p0, 0); v128.store(at, p1, 16);
  }
}

/**
 * Backend.softmaxBackward; y, dy and out (rows, columns). room: space for 2 · (`columns` + 3) float64
 * numbers.
 */
export function softmaxBackward(
  y: usize, dy: usize, rows: u32, columns: u32, scale: f64, out: usize, room: usize,
): void {
  const step = <usize>columns << 2, length = endOf(room, columns) - room;
  store<f64>(own(SCALE), scale);
  for (let row: u32 = 0; row < rows; row++) {
    toDouble(y, columns, room);
    toDouble(dy, columns, room + length);
    for (let at = <usize>columns << 3; at < length; at += 8) {
      store<f64>(room + at, 0);
      store<f64>(room + length + at, 0);
    }
    store<f64>(own(OFF), dot(room, length));
    gains(room, length);
    toSingle(room, columns, out);
    y += step;
    dy += step;
    out += step;
  }
}

/** Returns Σ dy·y, computed in four lanes. dy is `length` bytes after y. */
function dot(y: usize, length: usize): f64 {
  let sum0 = f64x2.splat(0), sum1 = f64x2.splat(0);
  for (const end = y + length; y < end; y += 32) {
    const p0 = f64x2.mul(v128.load(y + length, 0), v128.load(y, 0));
    const p1 = f64x2.mul(v128.load(y + length, 16), v128.load(y, 16));
    sum0 = f64x2.add(sum0, p0); sum1 = f64x2.add(sum1, p1);
  }
  return total(sum0, sum1);
}

/** y = SCALE·y·(dy − Σ dy·y), with the sum in OFF. */
function gains(y: usize, length: usize): void {
  for (const end = y + length; y < end; y += 32) {
    const d0 = f64x2.sub(v128.load(y + length, 0), both(own(OFF)));
    const d1 = f64x2.sub(v128.load(y + length, 16), both(own(OFF)));
    const s0 = f64x2.mul(both(own(SCALE)), v128.load(y, 0)), s1 = f64x2.mul(both(own(SCALE)), v128.load(y, 16));
    const dx0 = f64x2.mul(s0, d0), dx1 = f64x2.mul(s1, d1);
    v128.store(y, dx0, 0); v128.store(y, dx1, 16);
  }
}
