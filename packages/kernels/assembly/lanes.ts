// Elementary functions want float64, tensors are float32. A block of numbers is first widened to float64 in a
// room of its own, then computed there, then rounded back: only loops that load, compute and store pairs of
// one type are run by V8 at 256 bits.

/** How many numbers a block has at most. */
export const BLOCK: u32 = 64;

/**
 * Room for one block in float64; written by every kernel that computes there, so to be had through own().
 * Its end beyond `count` holds numbers of earlier blocks, which nobody reads.
 */
export const ROOM: usize = memory.data(512, 32);

/** Another one, for functions of two numbers. */
export const SECOND_ROOM: usize = memory.data(512, 32);

/** Address behind the last group of four that `count` numbers need. */
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
