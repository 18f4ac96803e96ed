import { erf } from "@nn/tensor";

/**
 * Returns Φ(z), the probability that a standard normal number is at most z, to an absolute error of 1e-15.
 */
export function normalCdf(z: number): number {
  return (1 + erf(z * Math.SQRT1_2)) / 2;
}
