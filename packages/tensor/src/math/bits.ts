/** A buffer to access the bits of a float64. A DataView has the same byte order on every machine. */
const word = new DataView(new ArrayBuffer(8));

/** Returns the upper 32 bits of x as a signed integer: sign, exponent, upper 20 bits of the fraction. */
export function upperBits(x: number): number {
  word.setFloat64(0, x);
  return word.getInt32(0);
}

/** Returns x with its upper 32 bits replaced. */
export function withUpperBits(x: number, upper: number): number {
  word.setFloat64(0, x);
  word.setInt32(0, upper);
  return word.getFloat64(0);
}

/** Returns 2^k for an integer −1022 ≤ k ≤ 1023. */
export function powerOfTwo(k: number): number {
  return withUpperBits(0, (1023 + k) << 20);
}
