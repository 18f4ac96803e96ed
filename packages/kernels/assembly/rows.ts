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
