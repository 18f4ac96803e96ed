import { erf, exp, log, sqrt } from "@nn/tensor";
import type { Prediction } from "./gaussian-process.ts";

/**
 * Returns the logarithm of the expected improvement of a normal prediction over `best`: EI = σ·(z·Φ(z) +
 * φ(z)), z = (best − mean)/σ (Mockus 1978; Jones, Schonlau & Welch 1998). If the mean is far above `best`, EI
 * underflows, but its logarithm still has a slope (Ament et al. 2023).
 */
export function logExpectedImprovement({ mean, deviation }: Prediction, best: number): number {
  const sigma = Math.max(deviation, 1e-9);
  const z = (best - mean) / sigma;
  return log(sigma) + logOfUnit(z);
}

/** Returns log(z·Φ(z) + φ(z)). */
function logOfUnit(z: number): number {
  const logDensity = (-z * z - log(2 * Math.PI)) / 2;
  // Below −5, Φ is too inaccurate. The first terms of its asymptotic series give φ·(z⁻² − 3·z⁻⁴).
  if (z < -5) return logDensity - 2 * log(-z) + log(1 - 3 / (z * z));
  return log(z * ((1 + erf(z / sqrt(2))) / 2) + exp(logDensity));
}
