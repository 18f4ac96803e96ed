/**
 * Returns the square root, correctly rounded (0.5 ulp): sqrt(−0) = −0, sqrt(x < 0) = NaN. `Math.sqrt` returns
 * the same bits everywhere: IEEE 754 requires the correctly rounded root, every processor has the
 * instruction, and all JavaScript engines use it, as WebAssembly must.
 */
export function sqrt(x: number): number {
  return Math.sqrt(x);
}
