// A panel is sixteen columns of B side by side, [k][16], with zeros where B has fewer. The tile kernel reads
// it. If B is not transposed and the panel is full, B is used as stored; otherwise it is packed here.

import { copyRow } from "./rows";

/** Bytes of a row of a panel. */
export const PANEL_STEP: usize = 64;

/**
 * panel[k, 0…columns] = b[k, 0…columns], the rest zero. b: address of the first column. bStep: bytes from row
 * to row.
 */
export function packColumns(b: usize, bStep: usize, K: u32, columns: u32, panel: usize): void {
  const zero = f32x4.splat(0);
  for (let k: u32 = 0; k < K; k++) {
    v128.store(panel, zero, 0); v128.store(panel, zero, 16); v128.store(panel, zero, 32); v128.store(panel, zero, 48);
    copyRow(panel, b, columns);
    panel += PANEL_STEP;
    b += bStep;
  }
}

/** packColumns for at most eight columns. The other half of the panel is never read. */
export function packNarrow(b: usize, bStep: usize, K: u32, columns: u32, panel: usize): void {
  const count = i32x4.splat(columns);
  const kept0 = i32x4.lt_s(i32x4(0, 1, 2, 3), count), kept1 = i32x4.lt_s(i32x4(4, 5, 6, 7), count);
  let k: u32 = 0;
  // Reads eight numbers per row. In the last seven rows these could reach beyond the matrix.
  for (; k + 8 <= K; k++) {
    v128.store(panel, v128.and(v128.load(b, 0), kept0), 0); v128.store(panel, v128.and(v128.load(b, 16), kept1), 16);
    panel += PANEL_STEP;
    b += bStep;
  }
  packColumns(b, bStep, K - k, columns, panel);
}

/**
 * panel[k, j] = b[j, k]: packs a panel of Bᵀ, four by four, transposed in registers. b: address of the
 * panel's first row. bStep: bytes from row to row.
 */
export function packRows(b: usize, bStep: usize, K: u32, columns: u32, panel: usize): void {
  let j: u32 = 0;
  for (; j + 4 <= columns; j += 4) {
    const row0 = b + <usize>j * bStep, row1 = row0 + bStep, row2 = row1 + bStep, row3 = row2 + bStep;
    const to = panel + (<usize>j << 2);
    let k: u32 = 0;
    for (; k + 4 <= K; k += 4) {
      const at = <usize>k << 2;
      const x0 = v128.load(row0 + at), x1 = v128.load(row1 + at), x2 = v128.load(row2 + at), x3 = v128.load(row3 + at);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      const target = to + <usize>k * PANEL_STEP;
      v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), 0);
      v128.store(target, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 64);
      v128.store(target, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 128);
      v128.store(target, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 192);
    }
    for (; k < K; k++) {
      const at = <usize>k << 2, target = to + <usize>k * PANEL_STEP;
      f32.store(target, f32.load(row0 + at), 0);
      f32.store(target, f32.load(row1 + at), 4);
      f32.store(target, f32.load(row2 + at), 8);
      f32.store(target, f32.load(row3 + at), 12);
    }
  }
  for (; j < 16; j++) {
    const row = b + <usize>j * bStep, to = panel + (<usize>j << 2);
    for (let k: u32 = 0; k < K; k++) {
      f32.store(to + <usize>k * PANEL_STEP, j < columns ? f32.load(row + (<usize>k << 2)) : 0);
    }
  }
}
