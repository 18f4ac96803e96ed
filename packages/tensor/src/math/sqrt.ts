/**
 * Returns the square root, correctly rounded (0.5 ulp): sqrt(−0) = −0, sqrt(x < 0) = NaN. `Math.sqrt` returns
 * the same bits on every machine. IEEE 754 requires the correctly rounded root, and all JavaScript engines
 * use the processor's instruction for it, as WebAssembly must.
 */
export function sqrt(x: number): number {
  return Math.sqrt(x);
}
