import { own } from "./own";

// Threefry-2x32, 20 rounds (Salmon et al. 2011). Gives the same words as packages/tensor/src/rng.ts, four
// blocks at a time.

@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** The first (word0) and second (word1) words of four blocks. */
export let word0: v128 = i32x4.splat(0);
export let word1: v128 = i32x4.splat(0);

/** Inlined, because V8 does not use 256-bit instructions in a function with such vector arguments. */
@inline
export function threefry4(key0: i32, key1: i32, counter0: v128, counter1: v128): void {
  const k0 = i32x4.splat(key0), k1 = i32x4.splat(key1), k2 = i32x4.splat(key0 ^ key1 ^ 0x1bd11bda);
  let x0 = i32x4.add(counter0, k0), x1 = i32x4.add(counter1, k1);

  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
  x0 = i32x4.add(x0, k1); x1 = i32x4.add(x1, i32x4.add(k2, i32x4.splat(1)));

  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
  x0 = i32x4.add(x0, k2); x1 = i32x4.add(x1, i32x4.add(k0, i32x4.splat(2)));

  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
  x0 = i32x4.add(x0, k0); x1 = i32x4.add(x1, i32x4.add(k1, i32x4.splat(3)));

  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
  x0 = i32x4.add(x0, k1); x1 = i32x4.add(x1, i32x4.add(k2, i32x4.splat(4)));

  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
  x0 = i32x4.add(x0, k2); x1 = i32x4.add(x1, i32x4.add(k0, i32x4.splat(5)));

  word0 = x0;
  word1 = x1;
}

/**
 * Backend.dropout for `length` numbers, from word `first` of the stream, a multiple of eight: out = x · scale
 * where the word is at least the threshold, else x · 0.
 */
export function dropout(
  x: usize, length: u32, first: u32, key0: i32, key1: i32, threshold: u32, scale: f32, out: usize,
): void {
  const factor = f32x4.splat(scale), limit = i32x4.splat(threshold);
  let block = i32x4.add(i32x4.splat(first >> 1), i32x4(0, 1, 2, 3));
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    threefry4(key0, key1, block, i32x4.splat(0));
    const low = v128.shuffle<u32>(word0, word1, 0, 4, 1, 5), high = v128.shuffle<u32>(word0, word1, 2, 6, 3, 7);
    const f0 = v128.and(i32x4.ge_u(low, limit), factor), f1 = v128.and(i32x4.ge_u(high, limit), factor);
    v128.store(out, f32x4.mul(v128.load(x, 0), f0), 0);
    v128.store(out, f32x4.mul(v128.load(x, 16), f1), 16);
    block = i32x4.add(block, i32x4.splat(4));
    x += 32; out += 32;
  }
  if (i < length) {
    threefry4(key0, key1, block, i32x4.splat(0));
    const words = own(memory.data(32, 16));
    v128.store(words, v128.shuffle<u32>(word0, word1, 0, 4, 1, 5), 0);
    v128.store(words, v128.shuffle<u32>(word0, word1, 2, 6, 3, 7), 16);
    for (let lane: usize = 0; i < length; i++, lane += 4) {
      store<f32>(out, load<f32>(x) * (load<u32>(words + lane) >= threshold ? scale : 0));
      x += 4; out += 4;
    }
  }
}
