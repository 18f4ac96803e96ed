import { gemm } from "./gemm";

/**
 * C = A·B for outer × inner blocks, each as in gemm.ts, which explains aRow, aColumn, bRow, cRow and panel.
 * …Outer, …Inner: bytes from block to block.
 */
export function gemmBlocks(
  outer: u32, inner: u32, M: u32, N: u32, K: u32,
  a: usize, aOuter: usize, aInner: usize, aRow: usize, aColumn: usize,
  b: usize, bOuter: usize, bInner: usize, bRow: usize, transposeB: bool,
  c: usize, cOuter: usize, cInner: usize, cRow: usize,
  panel: usize,
): void {
  for (let i: u32 = 0; i < outer; i++) {
    for (let j: u32 = 0; j < inner; j++) {
      const a0 = a + <usize>j * aInner, b0 = b + <usize>j * bInner, c0 = c + <usize>j * cInner;
      gemm(M, N, K, a0, aRow, aColumn, b0, bRow, transposeB, c0, cRow, false, 0, 0, 0, panel);
    }
    a += aOuter;
    b += bOuter;
    c += cOuter;
  }
}
