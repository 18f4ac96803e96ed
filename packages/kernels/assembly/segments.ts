// The inner loop of convolutions: a product whose sums run over segments of memory. The pixels under a window
// are not contiguous, but each of its rows is: (kx, c) side by side, channels last. So no image is copied
// into columns.

import { finish } from "./finish";
import { own } from "./own";
import { ZEROS } from "./zeros";

/** A 4×16 or 8×8 tile for the edges, and the offsets of eight rows. */
const EDGE: usize = memory.data(256, 16);
const ROWS: usize = memory.data(32, 16);

/**
 * What the sums of a segmented product run over: `count` segments of `run` terms, `step` bytes from term to
 * term.
 */
@unmanaged
export class Segments {
  /** Address of `count` u32: the offset of each segment in bytes. */
  offsets: usize;
  count: u32;
  run: u32;
  step: usize;
}

/**
 * C (M, N) (+)= A · B, then bias and activation. Row i of A starts at a + rows[i]; its terms are those of the
 * segments, in order. Row k of B (K, N) is at b + k·bStep, in panels of sixteen columns, `panelStep` bytes
 * apart. cRow: bytes from row to row of C. rows: address of M u32.
 */
export function segmentedProduct(
  M: u32, N: u32, a: usize, rows: usize, segments: Segments,
  b: usize, bStep: usize, panelStep: usize,
  c: usize, cRow: usize, accumulate: bool,
  bias: usize, activation: u32, slope: f32,
): void {
  const edge = own(EDGE);
  for (let j: u32 = 0; j < N; j += 16) {
    const columns = min<u32>(16, N - j), offset = <usize>j << 2;
    if (columns <= 8) {
      narrowPanel(
        M, columns, a, rows, segments, b, bStep, c + offset, cRow,
        accumulate, bias ? bias + offset : 0, activation, slope,
      );
      return;
    }
    for (let i: u32 = 0; i < M; i += 4) {
      const count = min<u32>(4, M - i);
      const at = rows + (<usize>i << 2), c0 = c + <usize>i * cRow + offset;
      const first = load<u32>(at);
      // Missing rows repeat the last one; their results stay in the edge tile.
      const r1 = count > 1 ? load<u32>(at, 4) - first : 0;
      const r2 = count > 2 ? load<u32>(at, 8) - first : r1;
      const r3 = count > 3 ? load<u32>(at, 12) - first : r2;
      if (count == 4 && columns == 16) {
        tile(a + first, r1, r2, r3, segments, b, bStep, c0, cRow, accumulate);
      } else {
        if (accumulate) copyTile(c0, cRow, edge, 64, count, columns);
        tile(a + first, r1, r2, r3, segments, b, bStep, edge, 64, accumulate);
        copyTile(edge, 64, c0, cRow, count, columns);
      }
      if (bias || activation) {
        const tileBias = bias ? bias + offset : 0;
        for (let r: u32 = 0; r < count; r++) finish(c0 + <usize>r * cRow, columns, tileBias, activation, slope);
      }
    }
    b += panelStep;
  }
}

/**
 * Computes the last panel if it has at most eight columns. Uses 8×8 tiles, so that half of each tile is not
 * wasted.
 */
function narrowPanel(
  M: u32, columns: u32, a: usize, rows: usize, segments: Segments, b: usize, bStep: usize,
  c: usize, cRow: usize, accumulate: bool, bias: usize, activation: u32, slope: f32,
): void {
  const edge = own(EDGE), eightRows = own(ROWS);
  for (let i: u32 = 0; i < M; i += 8) {
    const count = min<u32>(8, M - i), c0 = c + <usize>i * cRow;
    for (let r: u32 = 0; r < 8; r++) {
      store<u32>(eightRows + (<usize>r << 2), load<u32>(rows + (<usize>(i + min<u32>(r, count - 1)) << 2)));
    }
    if (count == 8 && columns == 8) {
      tile8x8(a, eightRows, segments, b, bStep, c0, cRow, accumulate);
    } else {
      if (accumulate) copyTile(c0, cRow, edge, 32, count, columns);
      tile8x8(a, eightRows, segments, b, bStep, edge, 32, accumulate);
      copyTile(edge, 32, c0, cRow, count, columns);
    }
    if (bias || activation) {
      for (let r: u32 = 0; r < count; r++) finish(c0 + <usize>r * cRow, columns, bias, activation, slope);
    }
  }
}

function copyTile(from: usize, fromStep: usize, to: usize, toStep: usize, rows: u32, columns: u32): void {
  for (let r: u32 = 0; r < rows; r++) {
    memory.copy(to, from, <usize>columns << 2);
    from += fromStep;
    to += toStep;
  }
}

/** tile4x16 of tile.ts with a sum over segments. */
function tile(
  a: usize, r1: usize, r2: usize, r3: usize, segments: Segments,
  b: usize, bStep: usize, c: usize, cStep: usize, accumulate: bool,
): void {
  const c1 = c + cStep, c2 = c1 + cStep, c3 = c2 + cStep;
  const run = segments.run, step = segments.step;
  // Without `accumulate` the sums are loaded from zeros: a branch here would keep V8 from merging the first pair.
  const first = accumulate ? c : ZEROS, firstStep = accumulate ? cStep : 0;
  const first1 = first + firstStep, first2 = first1 + firstStep, first3 = first2 + firstStep;
  let s00 = v128.load(first, 0), s01 = v128.load(first, 16), s02 = v128.load(first, 32), s03 = v128.load(first, 48);
  let s10 = v128.load(first1, 0), s11 = v128.load(first1, 16), s12 = v128.load(first1, 32), s13 = v128.load(first1, 48);
  let s20 = v128.load(first2, 0), s21 = v128.load(first2, 16), s22 = v128.load(first2, 32), s23 = v128.load(first2, 48);
  let s30 = v128.load(first3, 0), s31 = v128.load(first3, 16), s32 = v128.load(first3, 32), s33 = v128.load(first3, 48);
  let segment = segments.offsets;
  const last = segment + (<usize>segments.count << 2);
  for (; segment < last; segment += 4) {
    let at = a + load<u32>(segment);
    for (let k: u32 = 0; k < run; k++) {
      const b0 = v128.load(b, 0), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
      const a0 = v128.load_splat<f32>(at);
      s00 = f32x4.add(s00, f32x4.mul(a0, b0)); s01 = f32x4.add(s01, f32x4.mul(a0, b1));
      s02 = f32x4.add(s02, f32x4.mul(a0, b2)); s03 = f32x4.add(s03, f32x4.mul(a0, b3));
      const a1 = v128.load_splat<f32>(at + r1);
      s10 = f32x4.add(s10, f32x4.mul(a1, b0)); s11 = f32x4.add(s11, f32x4.mul(a1, b1));
      s12 = f32x4.add(s12, f32x4.mul(a1, b2)); s13 = f32x4.add(s13, f32x4.mul(a1, b3));
      const a2 = v128.load_splat<f32>(at + r2);
      s20 = f32x4.add(s20, f32x4.mul(a2, b0)); s21 = f32x4.add(s21, f32x4.mul(a2, b1));
      s22 = f32x4.add(s22, f32x4.mul(a2, b2)); s23 = f32x4.add(s23, f32x4.mul(a2, b3));
      const a3 = v128.load_splat<f32>(at + r3);
      s30 = f32x4.add(s30, f32x4.mul(a3, b0)); s31 = f32x4.add(s31, f32x4.mul(a3, b1));
      s32 = f32x4.add(s32, f32x4.mul(a3, b2)); s33 = f32x4.add(s33, f32x4.mul(a3, b3));
      at += step;
      b += bStep;
    }
  }
  v128.store(c, s00, 0); v128.store(c, s01, 16); v128.store(c, s02, 32); v128.store(c, s03, 48);
  v128.store(c1, s10, 0); v128.store(c1, s11, 16); v128.store(c1, s12, 32); v128.store(c1, s13, 48);
  v128.store(c2, s20, 0); v128.store(c2, s21, 16); v128.store(c2, s22, 32); v128.store(c2, s23, 48);
  v128.store(c3, s30, 0); v128.store(c3, s31, 16); v128.store(c3, s32, 32); v128.store(c3, s33, 48);
}

/** The same for 8 rows and 8 columns. offsets: address of 8 u32, the start of each row. */
function tile8x8(
  a: usize, offsets: usize, segments: Segments, b: usize, bStep: usize, c: usize, cStep: usize, accumulate: bool,
): void {
  const run = segments.run, step = segments.step;
  const a0 = a + load<u32>(offsets, 0), a1 = a + load<u32>(offsets, 4);
  const a2 = a + load<u32>(offsets, 8), a3 = a + load<u32>(offsets, 12);
  const a4 = a + load<u32>(offsets, 16), a5 = a + load<u32>(offsets, 20);
  const a6 = a + load<u32>(offsets, 24), a7 = a + load<u32>(offsets, 28);
  const c1 = c + cStep, c2 = c1 + cStep, c3 = c2 + cStep;
  const c4 = c3 + cStep, c5 = c4 + cStep, c6 = c5 + cStep, c7 = c6 + cStep;
  const first = accumulate ? c : ZEROS, firstStep = accumulate ? cStep : 0;
  const first1 = first + firstStep, first2 = first1 + firstStep, first3 = first2 + firstStep;
  const first4 = first3 + firstStep, first5 = first4 + firstStep, first6 = first5 + firstStep, first7 = first6 + firstStep;
  let s00 = v128.load(first, 0), s01 = v128.load(first, 16);
  let s10 = v128.load(first1, 0), s11 = v128.load(first1, 16);
  let s20 = v128.load(first2, 0), s21 = v128.load(first2, 16);
  let s30 = v128.load(first3, 0), s31 = v128.load(first3, 16);
  let s40 = v128.load(first4, 0), s41 = v128.load(first4, 16);
  let s50 = v128.load(first5, 0), s51 = v128.load(first5, 16);
  let s60 = v128.load(first6, 0), s61 = v128.load(first6, 16);
  let s70 = v128.load(first7, 0), s71 = v128.load(first7, 16);
  let segment = segments.offsets;
  const last = segment + (<usize>segments.count << 2);
  for (; segment < last; segment += 4) {
    let at = <usize>load<u32>(segment);
    for (let k: u32 = 0; k < run; k++) {
      const b0 = v128.load(b, 0), b1 = v128.load(b, 16);
      const v0 = v128.load_splat<f32>(a0 + at);
      s00 = f32x4.add(s00, f32x4.mul(v0, b0)); s01 = f32x4.add(s01, f32x4.mul(v0, b1));
      const v1 = v128.load_splat<f32>(a1 + at);
      s10 = f32x4.add(s10, f32x4.mul(v1, b0)); s11 = f32x4.add(s11, f32x4.mul(v1, b1));
      const v2 = v128.load_splat<f32>(a2 + at);
      s20 = f32x4.add(s20, f32x4.mul(v2, b0)); s21 = f32x4.add(s21, f32x4.mul(v2, b1));
      const v3 = v128.load_splat<f32>(a3 + at);
      s30 = f32x4.add(s30, f32x4.mul(v3, b0)); s31 = f32x4.add(s31, f32x4.mul(v3, b1));
      const v4 = v128.load_splat<f32>(a4 + at);
      s40 = f32x4.add(s40, f32x4.mul(v4, b0)); s41 = f32x4.add(s41, f32x4.mul(v4, b1));
      const v5 = v128.load_splat<f32>(a5 + at);
      s50 = f32x4.add(s50, f32x4.mul(v5, b0)); s51 = f32x4.add(s51, f32x4.mul(v5, b1));
      const v6 = v128.load_splat<f32>(a6 + at);
      s60 = f32x4.add(s60, f32x4.mul(v6, b0)); s61 = f32x4.add(s61, f32x4.mul(v6, b1));
      const v7 = v128.load_splat<f32>(a7 + at);
      s70 = f32x4.add(s70, f32x4.mul(v7, b0)); s71 = f32x4.add(s71, f32x4.mul(v7, b1));
      at += step;
      b += bStep;
    }
  }
  v128.store(c, s00, 0); v128.store(c, s01, 16);
  v128.store(c1, s10, 0); v128.store(c1, s11, 16);
  v128.store(c2, s20, 0); v128.store(c2, s21, 16);
  v128.store(c3, s30, 0); v128.store(c3, s31, 16);
  v128.store(c4, s40, 0); v128.store(c4, s41, 16);
  v128.store(c5, s50, 0); v128.store(c5, s51, 16);
  v128.store(c6, s60, 0); v128.store(c6, s61, 16);
  v128.store(c7, s70, 0); v128.store(c7, s71, 16);
}
