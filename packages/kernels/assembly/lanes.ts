// Elementary functions compute in float64, tensors are float32. A block of numbers is first converted to
// float64 in a buffer, then computed there, then rounded back. The steps are separate because V8 uses 256-bit
// instructions only for loops that load, compute and store pairs of one type.

/** The largest number of numbers in a block. Keep it equal to that of src/operations/softmax.ts. */
export const BLOCK: u32 = 128;

/**
 * Buffer for one block in float64. Every kernel that computes there writes it, so get its address through
 * own(). Beyond `count` it holds numbers of earlier blocks, which are never read.
 */
export const ROOM: usize = memory.data(1024, 32);

/** A second buffer, for functions of two numbers. */
export const SECOND_ROOM: usize = memory.data(1024, 32);

/** Returns the address after the last group of four that `count` numbers need. */
@inline
export function endOf(room: usize, count: u32): usize {
  return room + (<usize>((count + 3) & ~3) << 3);
}

/** room = x, `count` numbers in float64; 0 < count ≤ BLOCK. */
export function toDouble(x: usize, count: u32, room: usize): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16, room += 32) {
    v128.store(room, f64x2.promote_low_f32x4(v128.load64_zero(x)), 0);
    v128.store(room, f64x2.promote_low_f32x4(v128.load64_zero(x, 8)), 16);
  }
  for (; x < end; x += 4, room += 8) store<f64>(room, <f64>load<f32>(x));
}

/** out = room, `count` numbers rounded to float32. */
export function toSingle(room: usize, count: u32, out: usize): void {
  const end = out + (<usize>count << 2);
  for (; out + 16 <= end; out += 16, room += 32) {
    const low = f32x4.demote_f64x2_zero(v128.load(room, 0)), high = f32x4.demote_f64x2_zero(v128.load(room, 16));
    v128.store(out, v128.shuffle<f32>(low, high, 0, 1, 4, 5));
  }
  for (; out < end; out += 4, room += 8) store<f32>(out, <f32>load<f64>(room));
}
