/**
 * to = from, for `columns` numbers. memory.copy is a call out of WebAssembly, which takes longer for a few
 * numbers.
 */
@inline
export function copyRow(to: usize, from: usize, columns: u32): void {
  const end = from + (<usize>columns << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from));
}

/**
 * Returns the largest of `count` numbers. It may skip a NaN, but results computed from the row are then NaN.
 */
export function largest(x: usize, count: u32): f32 {
  let i: u32 = 1;
  let result = load<f32>(x);
  if (count >= 4) {
    let four = v128.load(x);
    for (i = 4; i + 4 <= count; i += 4) four = f32x4.pmax(four, v128.load(x + (<usize>i << 2)));
    const two = f32x4.pmax(four, v128.shuffle<f32>(four, four, 2, 3, 0, 1));
    result = f32x4.extract_lane(f32x4.pmax(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
  }
  for (; i < count; i++) {
    const value = load<f32>(x + (<usize>i << 2));
    if (value > result) result = value;
  }
  return result;
}
