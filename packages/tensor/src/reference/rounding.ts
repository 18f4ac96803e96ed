import type { Precision } from "../backend.ts";

/**
 * Rounds the float64 result of one operation to a backend's precision.
 *
 * For +, −, ×, ÷ and √ of float32 numbers, rounding the float64 result gives the result of one float32
 * operation. The reason is that the significand of float64 has 53 bits, at least 2·24 + 2 (Figueroa, When is
 * double rounding innocuous?, 1995). An elementary function is evaluated in float64 and rounded, as the
 * contract of `Backend` states.
 */
export type Round = (x: number) => number;

/** The rounding of each precision; float64 numbers do not change. */
export const roundTo: Readonly<Record<Precision, Round>> = {
  float32: Math.fround,
  float64: (x) => x,
};
