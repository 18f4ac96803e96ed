import type { Precision } from "../backend.ts";

/**
 * Rounds the float64 result of one operation to a backend's precision.
 *
 * For +, −, ×, ÷ and √ of float32 numbers, the float64 result rounded to float32 equals the result of one
 * float32 operation, because float64 has more than twice as many bits (Figueroa, When is double rounding
 * innocuous?, 1995). An elementary function is evaluated in float64 and rounded, as the contract of `Backend`
 * states.
 */
export type Round = (x: number) => number;

/** The rounding of each precision; float64 numbers do not change. */
export const roundTo: Readonly<Record<Precision, Round>> = {
  float32: Math.fround,
  float64: (x) => x,
};
