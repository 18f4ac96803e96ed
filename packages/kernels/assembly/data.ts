import { own } from "./own";

/** out[n, i] = source[indices[n], i] · scale: gathers a batch of images from bytes. out (count, length). */
export function gather(source: usize, length: u32, indices: usize, count: u32, scale: f32, out: usize): void {
  touch(source, length, indices, count);
  const factor = f32x4.splat(scale);
  for (let n: u32 = 0; n < count; n++) {
    let from = source + <usize>load<u32>(indices + (<usize>n << 2)) * <usize>length;
    let i: u32 = 0;
    for (; i + 16 <= length; i += 16) {
      const bytes = v128.load(from);
      const low = i16x8.extend_low_i8x16_u(bytes), high = i16x8.extend_high_i8x16_u(bytes);
      const x0 = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low));
      const x1 = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low));
      const x2 = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high));
      const x3 = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high));
      v128.store(out, f32x4.mul(x0, factor), 0); v128.store(out, f32x4.mul(x1, factor), 16);
      v128.store(out, f32x4.mul(x2, factor), 32); v128.store(out, f32x4.mul(x3, factor), 48);
      from += 16; out += 64;
    }
    for (; i < length; i++) {
      store<f32>(out, <f32>load<u8>(from) * scale);
      from += 1; out += 4;
    }
  }
}

/** `touch` stores its sum here, so that the compiler does not remove its loads. */
const TOUCHED: usize = memory.data(4, 4);

/**
 * Reads one byte of every cache line that the batch needs. The images are scattered over the data set and in
 * no cache. Reading ahead lets the processor fetch many lines at once instead of waiting for each image.
 */
function touch(source: usize, length: u32, indices: usize, count: u32): void {
  let sum: u32 = 0;
  for (let n: u32 = 0; n < count; n++) {
    const from = source + <usize>load<u32>(indices + (<usize>n << 2)) * <usize>length;
    for (let i: u32 = 0; i < length; i += 64) sum += load<u8>(from + i);
  }
  store<u32>(own(TOUCHED), sum);
}
