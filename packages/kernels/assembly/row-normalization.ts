// Normalization per row. row-normalization.ts of the tensor package defines the order of the sums: eight
// lanes, in two vectors. A term beyond the end of a row is +0, which does not change a sum that started at
// +0.

const SUM_BLOCK: u32 = 512;
const BLOCK: u32 = 64;

/** Backend.normalizeRows. mean: 0 if no mean is subtracted. */
export function normalizeRows(
  x: usize, rows: u32, columns: u32, weight: usize, bias: usize, epsilon: f64, mean: usize, scale: usize, out: usize,
): void {
  const step = <usize>columns << 2;
  for (let row: u32 = 0; row < rows; row++) {
    let m: f32 = 0;
    if (mean) {
      m = <f32>(sumOf(x, columns) / <f64>columns);
      store<f32>(mean + (<usize>row << 2), m);
    }
    const r = <f32>(1 / sqrt<f64>(sumOfSquares(x, columns, m) / <f64>columns + epsilon));
    store<f32>(scale + (<usize>row << 2), r);
    const m4 = f32x4.splat(m), r4 = f32x4.splat(r);
    let j: u32 = 0;
    for (; j + 8 <= columns; j += 8) {
      const at = <usize>j << 2;
      const n0 = f32x4.mul(f32x4.sub(v128.load(x + at, 0), m4), r4);
      const n1 = f32x4.mul(f32x4.sub(v128.load(x + at, 16), m4), r4);
      const w0 = f32x4.mul(n0, v128.load(weight + at, 0)), w1 = f32x4.mul(n1, v128.load(weight + at, 16));
      const y0 = f32x4.add(w0, v128.load(bias + at, 0)), y1 = f32x4.add(w1, v128.load(bias + at, 16));
      v128.store(out + at, y0, 0); v128.store(out + at, y1, 16);
    }
    for (; j < columns; j++) {
      const at = <usize>j << 2;
      store<f32>(out + at, (load<f32>(x + at) - m) * r * load<f32>(weight + at) + load<f32>(bias + at));
    }
    x += step;
    out += step;
  }
}

/** S(x) */
function sumOf(x: usize, columns: u32): f64 {
  let total: f64 = 0;
  for (let first: u32 = 0; first < columns; first += SUM_BLOCK) {
    const length = min(SUM_BLOCK, columns - first);
    let s0 = f32x4.splat(0), s1 = s0;
    let j: u32 = 0;
    for (; j + 8 <= length; j += 8) {
      s0 = f32x4.add(s0, v128.load(x, 0)); s1 = f32x4.add(s1, v128.load(x, 16));
      x += 32;
    }
    if (j < length) {
      s0 = f32x4.add(s0, some(x, length - j));
      if (j + 4 < length) s1 = f32x4.add(s1, some(x + 16, length - j - 4));
    }
    total += <f64>fold(s0, s1);
  }
  return total;
}

/** S((x − m)²) */
function sumOfSquares(x: usize, columns: u32, m: f32): f64 {
  const m4 = f32x4.splat(m);
  let total: f64 = 0;
  for (let first: u32 = 0; first < columns; first += SUM_BLOCK) {
    const length = min(SUM_BLOCK, columns - first);
    let s0 = f32x4.splat(0), s1 = s0;
    let j: u32 = 0;
    for (; j + 8 <= length; j += 8) {
      const d0 = f32x4.sub(v128.load(x, 0), m4), d1 = f32x4.sub(v128.load(x, 16), m4);
      s0 = f32x4.add(s0, f32x4.mul(d0, d0)); s1 = f32x4.add(s1, f32x4.mul(d1, d1));
      x += 32;
    }
    for (let at: u32 = 0; j + at < length; at += 4) {
      const left = length - j - at;
      const d = f32x4.sub(some(x + (<usize>at << 2), left), m4);
      const term = v128.and(f32x4.mul(d, d), within(left));
      if (at == 0) s0 = f32x4.add(s0, term);
      else s1 = f32x4.add(s1, term);
    }
    total += <f64>fold(s0, s1);
  }
  return total;
}

/**
 * Backend.normalizeRowsBackward, except that the gradients of weight and bias are left as sums per block of rows,
 * for `addBlocks`: 2 · columns numbers of `sums` per block, weight first. Threads can share the blocks. mean:
 * 0 for none.
 */
export function rowInputGradient(
  x: usize, dy: usize, rows: u32, columns: u32, weight: usize, mean: usize, scale: usize, out: usize, sums: usize,
): void {
  const step = <usize>columns << 2;
  for (let first: u32 = 0; first < rows; first += BLOCK) {
    memory.fill(sums, 0, 2 * step);
    const end = min(first + BLOCK, rows);
    for (let row = first; row < end; row++) {
      const m = mean ? load<f32>(mean + (<usize>row << 2)) : 0;
      const r = load<f32>(scale + (<usize>row << 2));
      rowGradient(x, dy, columns, weight, m, r, mean != 0, sums, out);
      x += step;
      dy += step;
      out += step;
    }
    sums += 2 * step;
  }
}

@inline
function rowGradient(
  x: usize, dy: usize, columns: u32, weight: usize, m: f32, r: f32, centered: bool, sums: usize, out: usize,
): void {
  const step = <usize>columns << 2;
  const m4 = f32x4.splat(m), r4 = f32x4.splat(r);
  let common: f64 = 0, along: f64 = 0;
  for (let first: u32 = 0; first < columns; first += SUM_BLOCK) {
    const end = min(first + SUM_BLOCK, columns);
    let c0 = f32x4.splat(0), c1 = c0, p0 = c0, p1 = c0;
    let j = first;
    for (; j + 8 <= end; j += 8) {
      const at = <usize>j << 2;
      const wSum = sums + at, bSum = wSum + step;
      const d0 = v128.load(dy + at, 0), d1 = v128.load(dy + at, 16);
      const n0 = f32x4.mul(f32x4.sub(v128.load(x + at, 0), m4), r4);
      const n1 = f32x4.mul(f32x4.sub(v128.load(x + at, 16), m4), r4);
      const w0 = f32x4.add(v128.load(wSum, 0), f32x4.mul(d0, n0));
      const w1 = f32x4.add(v128.load(wSum, 16), f32x4.mul(d1, n1));
      v128.store(wSum, w0, 0); v128.store(wSum, w1, 16);
      const b0 = f32x4.add(v128.load(bSum, 0), d0), b1 = f32x4.add(v128.load(bSum, 16), d1);
      v128.store(bSum, b0, 0); v128.store(bSum, b1, 16);
      const g0 = f32x4.mul(d0, v128.load(weight + at, 0)), g1 = f32x4.mul(d1, v128.load(weight + at, 16));
      c0 = f32x4.add(c0, g0); c1 = f32x4.add(c1, g1);
      p0 = f32x4.add(p0, f32x4.mul(g0, n0)); p1 = f32x4.add(p1, f32x4.mul(g1, n1));
    }
    for (let lane: u32 = 0; j < end; lane += 4, j += 4) {
      const at = <usize>j << 2;
      const left = end - j;
      const d = some(dy + at, left);
      const n = f32x4.mul(f32x4.sub(some(x + at, left), m4), r4);
      const g = f32x4.mul(d, some(weight + at, left));
      const term = v128.and(f32x4.mul(g, n), within(left));
      if (lane == 0) {
        c0 = f32x4.add(c0, g);
        p0 = f32x4.add(p0, term);
      } else {
        c1 = f32x4.add(c1, g);
        p1 = f32x4.add(p1, term);
      }
    }
    common += <f64>fold(c0, c1);
    along += <f64>fold(p0, p1);
  }
  const c = centered ? <f32>(common / <f64>columns) : 0;
  const p = <f32>(along / <f64>columns);
  const c4 = f32x4.splat(c), p4 = f32x4.splat(p);
  let j: u32 = 0;
  for (; j + 8 <= columns; j += 8) {
    const at = <usize>j << 2;
    const n0 = f32x4.mul(f32x4.sub(v128.load(x + at, 0), m4), r4);
    const n1 = f32x4.mul(f32x4.sub(v128.load(x + at, 16), m4), r4);
    const g0 = f32x4.mul(v128.load(dy + at, 0), v128.load(weight + at, 0));
    const g1 = f32x4.mul(v128.load(dy + at, 16), v128.load(weight + at, 16));
    const o0 = f32x4.sub(f32x4.sub(g0, c4), f32x4.mul(n0, p4)), o1 = f32x4.sub(f32x4.sub(g1, c4), f32x4.mul(n1, p4));
    v128.store(out + at, f32x4.mul(r4, o0), 0); v128.store(out + at, f32x4.mul(r4, o1), 16);
  }
  for (; j < columns; j++) {
    const at = <usize>j << 2;
    const d = load<f32>(dy + at);
    const n = (load<f32>(x + at) - m) * r;
    store<f32>(sums + at, load<f32>(sums + at) + d * n);
    store<f32>(sums + step + at, load<f32>(sums + step + at) + d);
    store<f32>(out + at, r * ((d * load<f32>(weight + at) - c) - n * p));
  }
}

/** out[j] += sums[block, j], block after block. stride: bytes from block to block. */
export function addBlocks(sums: usize, rows: u32, columns: u32, stride: usize, out: usize): void {
  for (let first: u32 = 0; first < rows; first += BLOCK) {
    for (let j: u32 = 0; j < columns; j++) {
      const at = <usize>j << 2;
      store<f32>(out + at, load<f32>(out + at) + load<f32>(sums + at));
    }
    sums += stride;
  }
}

/** Returns the sum of the eight lanes. */
@inline
function fold(s0: v128, s1: v128): f32 {
  const four = f32x4.add(s0, s1);
  const two = f32x4.add(four, v128.shuffle<f32>(four, four, 2, 3, 2, 3));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}

/** Loads the first `count` numbers at `from`, at most four; +0 in the other lanes. */
@inline
function some(from: usize, count: u32): v128 {
  if (count >= 4) return v128.load(from);
  let lanes = v128.load32_zero(from);
  if (count > 1) lanes = v128.load32_lane(from + 4, lanes, 1);
  if (count > 2) lanes = v128.load32_lane(from + 8, lanes, 2);
  return lanes;
}

/** Returns a mask with all bits set in the first `count` lanes. */
@inline
function within(count: u32): v128 {
  return i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(count));
}
