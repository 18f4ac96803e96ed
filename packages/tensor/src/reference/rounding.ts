import type { Precision } from "../backend.ts";

/**
 * Rounds the float64 result of one operation to a backend's precision.
 *
 * For +, −, ×, ÷ and √ of float32 numbers, the float64 result rounded once more equals the result of one
 * float32 operation, because float64 has more than twice as many bits (Figueroa, When is double rounding
 * innocuous?, 1995). An elementary function is rounded from its float64 value, as the contract says.
 */
export type Round = (x: number) => number;

/** The rounding of each precision; float64 numbers do not change. */
export const roundTo: Readonly<Record<Precision, Round>> = {
  float32: Math.fround,
  float64: (x) => x,
};
