// The inner loop of every dense product: c[4×16] (+)= Σ_k a[i, k] · b[k, 0…16], k ascending, multiply then
// add.
//
// 4×16: the sixteen accumulators of four lanes take eight registers when V8 merges adjacent pairs into
// 256-bit instructions. Eight independent chains of additions hide the latency of each. Loads, operations and
// stores come in pairs (+0 and +16), because V8 merges such pairs. Each lane does the same operations in the
// same order either way, so all bits are the same.

import { ZEROS } from "./zeros";

/**
 * a: address of a[0, 0]; r1, r2, r3: bytes from row 0 to rows 1, 2, 3; aStep: bytes from k to k + 1.
 * b: address of b[0, 0], sixteen columns side by side; bStep: bytes from k to k + 1.
 * c: address of c[0, 0]; cStep: bytes from row to row. accumulate: the sums start from c instead of +0.
 */
export function tile4x16(
  a: usize, r1: usize, r2: usize, r3: usize, aStep: usize,
  b: usize, bStep: usize, K: u32,
  c: usize, cStep: usize, accumulate: bool,
): void {
  const c1 = c + cStep, c2 = c1 + cStep, c3 = c2 + cStep;
  // Without `accumulate` the sums are loaded from zeros: a branch here would keep V8 from merging the first pair.
  const first = accumulate ? c : ZEROS, firstStep = accumulate ? cStep : 0;
  const first1 = first + firstStep, first2 = first1 + firstStep, first3 = first2 + firstStep;
  let s00 = v128.load(first, 0), s01 = v128.load(first, 16), s02 = v128.load(first, 32), s03 = v128.load(first, 48);
  let s10 = v128.load(first1, 0), s11 = v128.load(first1, 16), s12 = v128.load(first1, 32), s13 = v128.load(first1, 48);
  let s20 = v128.load(first2, 0), s21 = v128.load(first2, 16), s22 = v128.load(first2, 32), s23 = v128.load(first2, 48);
  let s30 = v128.load(first3, 0), s31 = v128.load(first3, 16), s32 = v128.load(first3, 32), s33 = v128.load(first3, 48);
  for (let k: u32 = 0; k < K; k++) {
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    const a0 = v128.load_splat<f32>(a);
    s00 = f32x4.add(s00, f32x4.mul(a0, b0)); s01 = f32x4.add(s01, f32x4.mul(a0, b1));
    s02 = f32x4.add(s02, f32x4.mul(a0, b2)); s03 = f32x4.add(s03, f32x4.mul(a0, b3));
    const a1 = v128.load_splat<f32>(a + r1);
    s10 = f32x4.add(s10, f32x4.mul(a1, b0)); s11 = f32x4.add(s11, f32x4.mul(a1, b1));
    s12 = f32x4.add(s12, f32x4.mul(a1, b2)); s13 = f32x4.add(s13, f32x4.mul(a1, b3));
    const a2 = v128.load_splat<f32>(a + r2);
    s20 = f32x4.add(s20, f32x4.mul(a2, b0)); s21 = f32x4.add(s21, f32x4.mul(a2, b1));
    s22 = f32x4.add(s22, f32x4.mul(a2, b2)); s23 = f32x4.add(s23, f32x4.mul(a2, b3));
    const a3 = v128.load_splat<f32>(a + r3);
    s30 = f32x4.add(s30, f32x4.mul(a3, b0)); s31 = f32x4.add(s31, f32x4.mul(a3, b1));
    s32 = f32x4.add(s32, f32x4.mul(a3, b2)); s33 = f32x4.add(s33, f32x4.mul(a3, b3));
    a += aStep;
    b += bStep;
  }
  v128.store(c, s00, 0); v128.store(c, s01, 16); v128.store(c, s02, 32); v128.store(c, s03, 48);
  v128.store(c1, s10, 0); v128.store(c1, s11, 16); v128.store(c1, s12, 32); v128.store(c1, s13, 48);
  v128.store(c2, s20, 0); v128.store(c2, s21, 16); v128.store(c2, s22, 32); v128.store(c2, s23, 48);
  v128.store(c3, s30, 0); v128.store(c3, s31, 16); v128.store(c3, s32, 32); v128.store(c3, s33, 48);
}
