import { own } from "./own";
import { threefry4, word0, word1 } from "./random";

/** Buffer for the numbers of eight words when fewer are needed. */
const SCRATCH: usize = memory.data(64, 16);

/**
 * Backend.drawUniforms for `rows` rows from firstRow: out (rows, images, length), 16 random bits per number,
 * sixteen numbers of a row at a time.
 */
export function drawUniforms(
  keys: usize, firstRow: u32, rows: u32, images: u32, length: u32, out: usize,
): void {
  const scratch = own(SCRATCH);
  for (let r: u32 = 0; r < rows; r++) {
    const row = i32x4.splat(firstRow + r);
    for (let n: u32 = 0; n < images; n++) {
      const key0 = load<i32>(keys + (<usize>n << 3)), key1 = load<i32>(keys + (<usize>n << 3), 4);
      let block = i32x4(0, 1, 2, 3);
      let i: u32 = 0;
      for (; i + 16 <= length; i += 16) {
        threefry4(key0, key1, block, row);
        store16(out);
        block = i32x4.add(block, i32x4.splat(4));
        out += 64;
      }
      if (i < length) {
        threefry4(key0, key1, block, row);
        store16(scratch);
        for (let from = scratch; i < length; i++, from += 4, out += 4) store<f32>(out, load<f32>(from));
      }
    }
  }
}

/**
 * Stores the halves h of eight words as h·2⁻¹⁵ + (2⁻¹⁶ − 1). In memory the lower half of a word comes first.
 */
@inline
function store16(out: usize): void {
  const low = v128.shuffle<u32>(word0, word1, 0, 4, 1, 5), high = v128.shuffle<u32>(word0, word1, 2, 6, 3, 7);
  v128.store(out, uniform(i32x4.extend_low_i16x8_u(low)), 0);
  v128.store(out, uniform(i32x4.extend_high_i16x8_u(low)), 16);
  v128.store(out, uniform(i32x4.extend_low_i16x8_u(high)), 32);
  v128.store(out, uniform(i32x4.extend_high_i16x8_u(high)), 48);
}

@inline
function uniform(bits: v128): v128 {
  const scaled = f32x4.mul(f32x4.convert_i32x4_u(bits), f32x4.splat(<f32>(1.0 / 32768)));
  return f32x4.add(scaled, f32x4.splat(<f32>(1.0 / 65536 - 1)));
}

/** Backend.addNoise for `images` of `length` numbers each, sixteen numbers at a time. */
export function addNoise(
  x: usize, images: u32, length: u32, keys: usize, radii: usize, directions: usize, low: f32, high: f32,
): void {
  const scratch = own(SCRATCH);
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (let n: u32 = 0; n < images; n++) {
    const key0 = load<i32>(keys + (<usize>n << 3)), key1 = load<i32>(keys + (<usize>n << 3), 4);
    let block = i32x4(0, 1, 2, 3);
    for (let i: u32 = 0; i < length; i += 16) {
      threefry4(key0, key1, block, i32x4.splat(0));
      const a = v128.shuffle<u32>(word0, word1, 0, 4, 1, 5), b = v128.shuffle<u32>(word0, word1, 2, 6, 3, 7);
      const n0 = normals(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1), radii, directions);
      const n1 = normals(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3), radii, directions);
      const n2 = normals(i32x4.extract_lane(b, 0), i32x4.extract_lane(b, 1), radii, directions);
      const n3 = normals(i32x4.extract_lane(b, 2), i32x4.extract_lane(b, 3), radii, directions);
      if (i + 16 <= length) {
        v128.store(x, clipped(f32x4.add(v128.load(x, 0), n0), least, most), 0);
        v128.store(x, clipped(f32x4.add(v128.load(x, 16), n1), least, most), 16);
        v128.store(x, clipped(f32x4.add(v128.load(x, 32), n2), least, most), 32);
        v128.store(x, clipped(f32x4.add(v128.load(x, 48), n3), least, most), 48);
        x += 64;
      } else {
        v128.store(scratch, n0, 0); v128.store(scratch, n1, 16);
        v128.store(scratch, n2, 32); v128.store(scratch, n3, 48);
        for (let left = length - i, from = scratch; left > 0; left--, from += 4, x += 4) {
          const sum = f32x4.add(v128.load32_zero(x), v128.load32_zero(from));
          v128.store32_lane(x, clipped(sum, least, most), 0);
        }
      }
      block = i32x4.add(block, i32x4.splat(4));
    }
  }
}

/** Returns r·c, r·s for each of two words. */
@inline
function normals(first: u32, second: u32, radii: usize, directions: usize): v128 {
  const near = v128.load32_splat(radii + ((<usize>first >> 20) << 2));
  const radius = v128.load32_lane(radii + ((<usize>second >> 20) << 2), near, 2);
  const direction = v128.load64_zero(directions + ((<usize>first & 0xfff00) >> 5));
  const both = v128.load64_lane(directions + ((<usize>second & 0xfff00) >> 5), direction, 1);
  return f32x4.mul(v128.shuffle<u32>(radius, radius, 0, 0, 2, 2), both);
}

/** x < low ? low : x > high ? high : x */
@inline
function clipped(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}
