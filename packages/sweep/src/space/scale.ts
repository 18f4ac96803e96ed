import { exp, log } from "@nn/tensor";
import type { FloatRange } from "./domain.ts";

/**
 * Returns the value at fraction u of the way from min to max on this scale. Rounding may move it out of the
 * range.
 */
export function denormalizeValue(min: number, max: number, scale: FloatRange["scale"], u: number): number {
  // Two products, because max − min may overflow.
  if (scale !== "log") return min * (1 - u) + max * u;
  const low = log(min);
  return exp(low + u * (log(max) - low));
}

/** Maps a value to [0, 1]: 0 is min, 1 is max; the inverse of `denormalizeValue`. */
export function normalizeValue(value: number, min: number, max: number, scale: FloatRange["scale"]): number {
  // Logarithms cannot distinguish the bounds of a narrow range, so the scale is linear there.
  if (scale !== "log" || max - min < min * 1e-6) {
    const width = max - min;
    // Halves, in case the width overflows.
    return Number.isFinite(width) ? (value - min) / width : (value / 2 - min / 2) / (max / 2 - min / 2);
  }
  const low = log(min);
  return (log(value) - low) / (log(max) - low);
}
