import { activate, NONE } from "./activations";

/**
 * row[j] = activation(row[j] + bias[j]) for `columns` numbers, while they are in the L1 cache. bias: 0 for
 * none.
 */
export function finish(row: usize, columns: u32, bias: usize, activation: u32, slope: f32): void {
  if (bias) {
    let j: u32 = 0;
    for (; j + 8 <= columns; j += 8) {
      const at = <usize>j << 2;
      const r0 = f32x4.add(v128.load(row + at, 0), v128.load(bias + at, 0));
      const r1 = f32x4.add(v128.load(row + at, 16), v128.load(bias + at, 16));
      v128.store(row + at, r0, 0); v128.store(row + at, r1, 16);
    }
    for (; j < columns; j++) {
      const at = <usize>j << 2;
      store<f32>(row + at, load<f32>(row + at) + load<f32>(bias + at));
    }
  }
  if (activation != NONE) activate(activation, slope, row, row, columns);
}
