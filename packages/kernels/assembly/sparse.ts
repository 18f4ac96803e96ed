// Products whose first operand is mostly zero, such as an MNIST image: four pixels of five are zero. The
// skipped terms are zeros added to a sum that started at +0, so every byte is the same as in the dense
// product.
//
// The lists are in CSR format: `starts` has a u32 for each row and one more, the index of the row's first
// entry. Entry e is eight bytes, the column (u32) and the number (f32). Columns ascend within a row. The same
// format serves x (a list per image) and xᵀ (a list per pixel). The two halves of an entry are side by side:
// `transposeLists` appends to hundreds of lists in turn, and the L1 cache has no room for twice as many.

import { finish } from "./finish";
import { own } from "./own";
import { ZEROS } from "./zeros";
import { packColumns, PANEL_STEP } from "./panel";

const EDGE: usize = memory.data(64, 16);

/**
 * For each set of lanes, as a mask of four bits: the byte shuffle that moves those lanes to the front, in
 * order. The unused lanes repeat the first; the next entries overwrite what they write.
 */
const TO_FRONT: usize = memory.data<u8>([
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 0, 1, 2, 3,
  8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
  12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 0, 1, 2, 3,
  8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
], 16);

/** Bytes of an entry as a power of two. */
const ENTRY: usize = 3;

/**
 * Lists the non-zeros of x (rows, columns), including NaN. Returns their number. If there are more than
 * `limit`, it stops and returns `limit` + 1. starts: space for rows + 1; entries: space for limit + columns +
 * 4.
 *
 * Non-zeros are not predictable, so there is no branch on single numbers. Four numbers at a time are moved to
 * the front of a vector and written, and the write position advances by the number of non-zeros.
 */
export function listNonZeros(
  x: usize, rows: u32, columns: u32, limit: u32, starts: usize, entries: usize,
): u32 {
  const zero = f32x4.splat(0);
  let count: u32 = 0;
  for (let n: u32 = 0; n < rows; n++) {
    store<u32>(starts + (<usize>n << 2), count);
    let index = i32x4(0, 1, 2, 3);
    let j: u32 = 0;
    for (; j + 4 <= columns; j += 4) {
      const four = v128.load(x);
      const mask = <usize>i32x4.bitmask(f32x4.ne(four, zero));
      const toFront = v128.load(TO_FRONT + (mask << 4));
      const at = entries + (<usize>count << ENTRY);
      const places = v128.swizzle(index, toFront), numbers = v128.swizzle(four, toFront);
      v128.store(at, v128.shuffle<f32>(places, numbers, 0, 4, 1, 5), 0);
      v128.store(at, v128.shuffle<f32>(places, numbers, 2, 6, 3, 7), 16);
      count += <u32>popcnt(mask);
      index = i32x4.add(index, i32x4.splat(4));
      x += 16;
    }
    for (; j < columns; j++) {
      const value = load<f32>(x);
      const at = entries + (<usize>count << ENTRY);
      store<u32>(at, j);
      store<f32>(at, value, 4);
      count += u32(value != 0);
      x += 4;
    }
    if (count > limit) return limit + 1;
  }
  store<u32>(starts + (<usize>rows << 2), count);
  return count;
}

/**
 * Builds the lists of xᵀ from those of x by counting: the number of entries of each column, then the start of
 * its list, then each entry. Rows are read in order, so each new list is ascending. columnStarts: space for
 * columns + 1.
 */
export function transposeLists(
  starts: usize, entries: usize, rows: u32, columns: u32, columnStarts: usize, columnEntries: usize,
): void {
  memory.fill(columnStarts, 0, (<usize>columns + 1) << 2);
  const count = load<u32>(starts + (<usize>rows << 2));
  // The count of column j is stored at j + 1, so that the running sum below leaves the start of column j at j
  // + 1. Filling the lists then advances it to the start of column j + 1, its final value.
  for (let e: u32 = 0; e < count; e++) {
    const at = columnStarts + (<usize>load<u32>(entries + (<usize>e << ENTRY)) << 2);
    store<u32>(at, load<u32>(at, 4) + 1, 4);
  }
  let sum: u32 = 0;
  for (let j: u32 = 1; j <= columns; j++) {
    const at = columnStarts + (<usize>j << 2), own = load<u32>(at);
    store<u32>(at, sum);
    sum += own;
  }
  let entry = entries;
  for (let n: u32 = 0; n < rows; n++) {
    const rowEnd = entries + (<usize>load<u32>(starts + (<usize>n << 2), 4) << ENTRY);
    for (; entry < rowEnd; entry += 8) {
      const at = columnStarts + (<usize>load<u32>(entry) << 2), place = load<u32>(at, 4);
      store<u32>(at, place + 1, 4);
      const to = columnEntries + (<usize>place << ENTRY);
      store<u32>(to, n);
      store<f32>(to, load<f32>(entry, 4), 4);
    }
  }
}

/**
 * Up to this many rows of 64 columns fit in the L1 cache when packed. Strided, they would share half of its
 * sets.
 */
const FITS_WHEN_PACKED: u32 = 128;
const WIDE_STEP: usize = 256;

/**
 * C (M, N) (+)= A · B (K, N) with A as lists, then bias and activation. bRow: bytes between rows of B. panel:
 * K × 64 floats.
 */
export function sparseProduct(
  M: u32, N: u32, K: u32,
  starts: usize, entries: usize,
  b: usize, bRow: usize,
  c: usize, accumulate: bool,
  bias: usize, activation: u32, slope: f32,
  panel: usize,
): void {
  const cRow = <usize>N << 2;
  let j: u32 = 0;
  for (; j + 64 <= N; j += 64) {
    const offset = <usize>j << 2;
    let b0 = b + offset, bStep = bRow;
    if (K <= FITS_WHEN_PACKED) {
      for (let k: u32 = 0; k < K; k++) memory.copy(panel + <usize>k * WIDE_STEP, b0 + <usize>k * bRow, WIDE_STEP);
      b0 = panel; bStep = WIDE_STEP;
    }
    panel64(M, starts, entries, b0, bStep, c + offset, cRow, accumulate);
  }
  for (; j + 16 <= N; j += 16) {
    const offset = <usize>j << 2;
    panel16(M, starts, entries, b + offset, bRow, c + offset, cRow, accumulate);
  }
  if (j < N) {
    // Fewer columns than a panel: `panel` and `edge` hold sixteen-wide copies of both operands.
    const columns = N - j, offset = <usize>j << 2, edge = own(EDGE);
    packColumns(b + offset, bRow, K, columns, panel);
    for (let i: u32 = 0; i < M; i++) {
      const row = c + <usize>i * cRow + offset;
      memory.copy(edge, row, columns << 2);
      panel16(1, starts + (<usize>i << 2), entries, panel, PANEL_STEP, edge, 64, accumulate);
      memory.copy(row, edge, columns << 2);
    }
  }
  if (bias || activation) {
    for (let i: u32 = 0; i < M; i++) finish(c + <usize>i * cRow, N, bias, activation, slope);
  }
}

/**
 * 64 columns of every row: c[0…64] (+)= Σ value · b[index, 0…64] over the list of the row. Uses sixteen
 * accumulators, eight registers at 256 bits. One call computes all rows, because many lists are short.
 */
function panel64(
  M: u32, starts: usize, entries: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  let entry = entries + (<usize>load<u32>(starts) << ENTRY);
  for (let i: u32 = 0; i < M; i++) {
    starts += 4;
    const end = entries + (<usize>load<u32>(starts) << ENTRY);
    if (entry < end || !accumulate) {
      const first = accumulate ? c : ZEROS;
      let s0 = v128.load(first, 0), s1 = v128.load(first, 16);
      let s2 = v128.load(first, 32), s3 = v128.load(first, 48);
      let s4 = v128.load(first, 64), s5 = v128.load(first, 80);
      let s6 = v128.load(first, 96), s7 = v128.load(first, 112);
      let s8 = v128.load(first, 128), s9 = v128.load(first, 144);
      let s10 = v128.load(first, 160), s11 = v128.load(first, 176);
      let s12 = v128.load(first, 192), s13 = v128.load(first, 208);
      let s14 = v128.load(first, 224), s15 = v128.load(first, 240);
      for (; entry < end; entry += 8) {
        const row = b + <usize>load<u32>(entry) * bRow;
        const v = v128.load_splat<f32>(entry, 4);
        s0 = f32x4.add(s0, f32x4.mul(v, v128.load(row, 0))); s1 = f32x4.add(s1, f32x4.mul(v, v128.load(row, 16)));
        s2 = f32x4.add(s2, f32x4.mul(v, v128.load(row, 32))); s3 = f32x4.add(s3, f32x4.mul(v, v128.load(row, 48)));
        s4 = f32x4.add(s4, f32x4.mul(v, v128.load(row, 64))); s5 = f32x4.add(s5, f32x4.mul(v, v128.load(row, 80)));
        s6 = f32x4.add(s6, f32x4.mul(v, v128.load(row, 96))); s7 = f32x4.add(s7, f32x4.mul(v, v128.load(row, 112)));
        s8 = f32x4.add(s8, f32x4.mul(v, v128.load(row, 128))); s9 = f32x4.add(s9, f32x4.mul(v, v128.load(row, 144)));
        s10 = f32x4.add(s10, f32x4.mul(v, v128.load(row, 160)));
        s11 = f32x4.add(s11, f32x4.mul(v, v128.load(row, 176)));
        s12 = f32x4.add(s12, f32x4.mul(v, v128.load(row, 192)));
        s13 = f32x4.add(s13, f32x4.mul(v, v128.load(row, 208)));
        s14 = f32x4.add(s14, f32x4.mul(v, v128.load(row, 224)));
        s15 = f32x4.add(s15, f32x4.mul(v, v128.load(row, 240)));
      }
      v128.store(c, s0, 0); v128.store(c, s1, 16); v128.store(c, s2, 32); v128.store(c, s3, 48);
      v128.store(c, s4, 64); v128.store(c, s5, 80); v128.store(c, s6, 96); v128.store(c, s7, 112);
      v128.store(c, s8, 128); v128.store(c, s9, 144); v128.store(c, s10, 160); v128.store(c, s11, 176);
      v128.store(c, s12, 192); v128.store(c, s13, 208); v128.store(c, s14, 224); v128.store(c, s15, 240);
    }
    c += cRow;
  }
}

/**
 * 16 columns of every row: c[0…16] (+)= Σ value · b[index, 0…16] over the list of the row. One call computes
 * all rows, because many lists are short.
 */
function panel16(
  M: u32, starts: usize, entries: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  let entry = entries + (<usize>load<u32>(starts) << ENTRY);
  for (let i: u32 = 0; i < M; i++) {
    starts += 4;
    const end = entries + (<usize>load<u32>(starts) << ENTRY);
    if (entry < end || !accumulate) {
      const first = accumulate ? c : ZEROS;
      let s0 = v128.load(first, 0), s1 = v128.load(first, 16);
      let s2 = v128.load(first, 32), s3 = v128.load(first, 48);
      for (; entry < end; entry += 8) {
        const row = b + <usize>load<u32>(entry) * bRow;
        const v = v128.load_splat<f32>(entry, 4);
        s0 = f32x4.add(s0, f32x4.mul(v, v128.load(row, 0))); s1 = f32x4.add(s1, f32x4.mul(v, v128.load(row, 16)));
        s2 = f32x4.add(s2, f32x4.mul(v, v128.load(row, 32))); s3 = f32x4.add(s3, f32x4.mul(v, v128.load(row, 48)));
      }
      v128.store(c, s0, 0); v128.store(c, s1, 16); v128.store(c, s2, 32); v128.store(c, s3, 48);
    }
    c += cRow;
  }
}
