import { own } from "./own";

/**
 * out[j] += Σ_n x[n, j], n ascending, for x (rows, columns): the gradient of a bias. step: bytes from row to
 * row.
 */
export function sumRows(x: usize, rows: u32, columns: u32, step: usize, out: usize): void {
  let j: u32 = 0;
  for (; j + 8 <= columns; j += 8) {
    let from = x + (<usize>j << 2);
    const to = out + (<usize>j << 2);
    let s0 = v128.load(to, 0), s1 = v128.load(to, 16);
    for (let n: u32 = 0; n < rows; n++) {
      s0 = f32x4.add(s0, v128.load(from, 0)); s1 = f32x4.add(s1, v128.load(from, 16));
      from += step;
    }
    v128.store(to, s0, 0); v128.store(to, s1, 16);
  }
  if (j < columns) sumTail(x + (<usize>j << 2), rows, columns - j, step, out + (<usize>j << 2));
}

/** Buffer for the sums of the last columns, fewer than eight. */
const TAIL: usize = memory.data(32, 16);

/** Sums the last `count` < 8 columns. The numbers after them in memory are also summed, but not stored. */
function sumTail(x: usize, rows: u32, count: u32, step: usize, out: usize): void {
  const tail = own(TAIL);
  memory.copy(tail, out, <usize>count << 2);
  let s0 = v128.load(tail, 0), s1 = v128.load(tail, 16);
  let n: u32 = 0;
  // In the last seven rows, eight numbers could reach beyond the matrix.
  for (; n + 8 <= rows; n++) {
    s0 = f32x4.add(s0, v128.load(x, 0)); s1 = f32x4.add(s1, v128.load(x, 16));
    x += step;
  }
  v128.store(tail, s0, 0); v128.store(tail, s1, 16);
  for (; n < rows; n++) {
    for (let j: usize = 0; j < <usize>count << 2; j += 4) {
      store<f32>(tail + j, load<f32>(tail + j) + load<f32>(x + j));
    }
    x += step;
  }
  memory.copy(out, tail, <usize>count << 2);
}

/** Returns 0 if all `length` numbers are finite: x − x is 0 for finite x, else NaN. */
export function anyInfinite(x: usize, length: u32): u32 {
  let i: u32 = 0;
  const zero = f32x4.splat(0);
  let bad0 = i32x4.splat(0), bad1 = bad0;
  for (; i + 8 <= length; i += 8) {
    const x0 = v128.load(x, 0), x1 = v128.load(x, 16);
    bad0 = v128.or(bad0, f32x4.ne(f32x4.sub(x0, x0), zero)); bad1 = v128.or(bad1, f32x4.ne(f32x4.sub(x1, x1), zero));
    x += 32;
  }
  let bad = v128.any_true(v128.or(bad0, bad1));
  for (; i < length; i++) {
    const value = load<f32>(x);
    bad = bad || value - value != 0;
    x += 4;
  }
  return bad ? 1 : 0;
}
