import { finish } from "./finish";
import { own } from "./own";
import { packColumns, packRows, PANEL_STEP } from "./panel";
import { copyRow } from "./rows";
import { tile4x16 } from "./tile";

/** A 4×16 tile for the edges of the matrix, where fewer rows or columns are needed. */
const EDGE: usize = memory.data(256, 16);

/** The longest part of a sum that is computed at once: 16 columns of B then take 16 KiB. */
const DEPTH: u32 = 256;
/** Up to this many numbers, B stays in the L2 cache and sums are computed at once. */
const NEAR: u32 = 131072;
/** The fewest rows for which packing strided columns of B pays off. */
const WORTH_PACKING: u32 = 32;

/**
 * C (M, N) (+)= A (M, K) · B (K, N), then bias and activation while the tile is still in the L1 cache.
 *
 * A is read with two strides, so Aᵀ needs no copy. Each element of C is a sum over ascending k, whatever tile
 * or panel holds it. A long sum is computed in parts; each part continues from the value in C.
 *
 * aRow, aColumn: bytes between rows and between columns of A. bRow, cRow: bytes between rows of b as stored
 * and of C. panel: space for K × 64 floats. bias: 0 or the address of N floats. activation, slope: see
 * finish.ts.
 */
export function gemm(
  M: u32, N: u32, K: u32,
  a: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, transposeB: bool,
  c: usize, cRow: usize, accumulate: bool,
  bias: usize, activation: u32, slope: f32,
  panel: usize,
): void {
  const long = K * N > NEAR;
  let k: u32 = 0;
  for (; long && k + DEPTH < K; k += DEPTH) {
    piece(M, N, DEPTH, a, aRow, aColumn, b, bRow, transposeB, c, cRow, accumulate, 0, 0, 0, panel, true);
    a += <usize>DEPTH * aColumn;
    b += transposeB ? <usize>DEPTH << 2 : <usize>DEPTH * bRow;
    accumulate = true;
  }
  piece(M, N, K - k, a, aRow, aColumn, b, bRow, transposeB, c, cRow, accumulate, bias, activation, slope, panel, long);
}

/** Computes a product or a part of it. `long`: whether it is a part of a longer sum. */
function piece(
  M: u32, N: u32, K: u32,
  a: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, transposeB: bool,
  c: usize, cRow: usize, accumulate: bool,
  bias: usize, activation: u32, slope: f32,
  panel: usize, long: bool,
): void {
  const pack = long && M >= WORTH_PACKING;
  const edge = own(EDGE);
  for (let j: u32 = 0; j < N; j += 16) {
    const columns = min<u32>(16, N - j);
    const offset = <usize>j << 2;
    let b0 = b + offset, bStep = bRow;
    if (transposeB) {
      packRows(b + <usize>j * bRow, bRow, K, columns, panel);
      b0 = panel; bStep = PANEL_STEP;
    } else if (columns < 16 || pack) {
      packColumns(b0, bRow, K, columns, panel);
      b0 = panel; bStep = PANEL_STEP;
    }
    const tileBias = bias ? bias + offset : 0;
    for (let i: u32 = 0; i < M; i += 4) {
      const rows = min<u32>(4, M - i);
      const a0 = a + <usize>i * aRow, c0 = c + <usize>i * cRow + offset;
      if (rows == 4 && columns == 16) {
        tile4x16(a0, aRow, aRow << 1, aRow * 3, aColumn, b0, bStep, K, c0, cRow, accumulate);
      } else {
        // Missing rows repeat the last one; their results stay in the edge tile.
        if (accumulate) copyTile(c0, cRow, edge, 64, rows, columns);
        const r1 = rows > 1 ? aRow : <usize>0, r2 = rows > 2 ? aRow << 1 : r1, r3 = rows > 3 ? aRow * 3 : r2;
        tile4x16(a0, r1, r2, r3, aColumn, b0, bStep, K, edge, 64, accumulate);
        copyTile(edge, 64, c0, cRow, rows, columns);
      }
      if (tileBias || activation) {
        for (let r: u32 = 0; r < rows; r++) finish(c0 + <usize>r * cRow, columns, tileBias, activation, slope);
      }
    }
  }
}

function copyTile(from: usize, fromStep: usize, to: usize, toStep: usize, rows: u32, columns: u32): void {
  for (let r: u32 = 0; r < rows; r++) {
    copyRow(to, from, columns);
    from += fromStep;
    to += toStep;
  }
}
