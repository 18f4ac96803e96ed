import { both } from "./elementary";
import { exponentials } from "./exponentials";
import { BLOCK, endOf, toDouble, toSingle } from "./lanes";
import { own } from "./own";
import { largest } from "./rows";

const SCALE: usize = memory.data(8, 8);
/** The number subtracted from each number of the row. */
const OFF: usize = memory.data(8, 8);
const DIVISOR: usize = memory.data(8, 8);

/**
 * Backend.softmax for `rows` rows from firstRow; x and out (rows, columns). causal: row r uses its first r
 * mod `columns` + 1 columns. room: space for the larger of BLOCK and `columns` + 3 float64 numbers.
 *
 * Each step runs over a group of rows before the next one starts. Row by row, a processor would wait for the
 * last result of each step, because a row has few numbers.
 */
export function softmax(
  x: usize, firstRow: u32, rows: u32, columns: u32, scale: f64, causal: bool, out: usize, room: usize,
): void {
  const padded = (columns + 3) & ~3, size = max<u32>(1, BLOCK / padded);
  const step = <usize>columns << 2, roomStep = <usize>padded << 3;
  store<f64>(own(SCALE), scale);
  for (let row: u32 = 0; row < rows; row += size) {
    const group = min<u32>(size, rows - row), end = room + <usize>group * roomStep;
    let first = causal ? (firstRow + row) % columns + 1 : columns;
    let used = first;
    for (let at = room; at < end; at += roomStep, x += step) {
      prepare(x, used, at, at + roomStep);
      if (causal) used = used == columns ? 1 : used + 1;
    }
    exponentials(room, end);
    used = first;
    for (let at = room; at < end; at += roomStep, out += step) {
      // Not −∞ before exponentials(), because processors take long for results that underflow.
      fillZeros(at + (<usize>used << 3), at + roomStep);
      store<f64>(own(DIVISOR), sumOf(at, at + roomStep));
      divide(at, at + roomStep);
      toSingle(at, used, out);
      for (let hidden = out + (<usize>used << 2); hidden < out + step; hidden += 4) store<f32>(hidden, 0);
      if (causal) used = used == columns ? 1 : used + 1;
    }
  }
}

/** room = SCALE·(x − max(x)) for `count` numbers, then 0 up to `end`. */
function prepare(x: usize, count: u32, room: usize, end: usize): void {
  store<f64>(own(OFF), <f64>largest(x, count));
  toDouble(x, count, room);
  scaled(room, endOf(room, count));
  fillZeros(room + (<usize>count << 3), end);
}

function fillZeros(from: usize, end: usize): void {
  for (; from < end; from += 8) store<f64>(from, 0);
}

function scaled(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const x0 = f64x2.sub(v128.load(at, 0), both(own(OFF))), x1 = f64x2.sub(v128.load(at, 16), both(own(OFF)));
    const s0 = f64x2.mul(both(own(SCALE)), x0), s1 = f64x2.mul(both(own(SCALE)), x1);
    v128.store(at, s0, 0); v128.store(at, s1, 16);
  }
}

/** Returns the sum of the numbers from `at` to `end`, computed in four lanes. */
function sumOf(at: usize, end: usize): f64 {
  let sum0 = f64x2.splat(0), sum1 = f64x2.splat(0);
  for (; at < end; at += 32) {
    sum0 = f64x2.add(sum0, v128.load(at, 0)); sum1 = f64x2.add(sum1, v128.load(at, 16));
  }
  return total(sum0, sum1);
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
