/**
 * to = from, `columns` numbers. For a few numbers memory.copy, a call out of WebAssembly, takes longer than
 * all of them.
 */
@inline
export function copyRow(to: usize, from: usize, columns: u32): void {
  const end = from + (<usize>columns << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from));
}
