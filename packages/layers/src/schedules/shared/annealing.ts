import { cos } from "@nn/tensor";

/**
 * Interpolates along half a cosine wave from `start` at progress 0 to `end` at progress 1. Loshchilov &
 * Hutter 2017, equation 5.
 */
export function interpolateCosine(start: number, end: number, progress: number): number {
  return end + ((start - end) * (1 + cos(Math.PI * progress))) / 2;
}

/** Interpolates linearly from `start` at progress 0 to `end` at progress 1. */
export function interpolateLinear(start: number, end: number, progress: number): number {
  return start + (end - start) * progress;
}
