/**
 * One float64 in memory, to get at its bits. DataView, because its byte order does not depend on the machine.
 */
const word = new DataView(new ArrayBuffer(8));

/** Sign, exponent and the upper 20 bits of the fraction, as a signed number. */
export function upperBits(x: number): number {
  word.setFloat64(0, x);
  return word.getInt32(0);
}

/** x with its upper 32 bits replaced. */
export function withUpperBits(x: number, upper: number): number {
  word.setFloat64(0, x);
  word.setInt32(0, upper);
  return word.getFloat64(0);
}

/** 2^k for a whole number −1022 ≤ k ≤ 1023, by writing the exponent. */
export function powerOfTwo(k: number): number {
  return withUpperBits(0, (1023 + k) << 20);
}
