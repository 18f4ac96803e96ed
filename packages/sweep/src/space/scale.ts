import { exp, log } from "@nn/tensor";
import type { FloatRange } from "./domain.ts";

/**
 * The number that lies at the share u of the way from min to max, as the scale measures it. Rounding may
 * leave the range.
 */
export function between(min: number, max: number, scale: FloatRange["scale"], u: number): number {
  // Two products, as max − min may exceed the largest number.
  if (scale !== "log") return min * (1 - u) + max * u;
  const low = log(min);
  return exp(low + u * (log(max) - low));
}

/** The share of the way from min to max at which the value lies: what `between` undoes. */
export function shareOf(value: number, min: number, max: number, scale: FloatRange["scale"]): number {
  // Logarithms cannot tell the bounds of a narrow range apart; there the scale is straight.
  if (scale !== "log" || max - min < min * 1e-6) {
    const width = max - min;
    // Halves, where the width exceeds the largest number.
    return Number.isFinite(width) ? (value - min) / width : (value / 2 - min / 2) / (max / 2 - min / 2);
  }
  const low = log(min);
  return (log(value) - low) / (log(max) - low);
}
