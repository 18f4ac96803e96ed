// Computes the number of seeds that a comparison needs. The power of a two-sided t-test is the probability
// that it detects a true difference.
import { exp } from "@nn/tensor";

import { normalCdf } from "../normal-cdf.ts";
import { studentTCriticalValue } from "./distributions.ts";

/** A planned comparison of two configurations. */
export interface PlannedComparison {
  /** The true difference of the means. Its sign has no effect. */
  readonly difference: number;
  /**
   * The standard deviation over the seeds: of the differences if `paired`, and otherwise within each of the
   * two configurations.
   */
  readonly deviation: number;
  /** Whether both configurations are trained with the same seeds. */
  readonly paired: boolean;
  /** The p-value below which the test rejects equal means. Default 0.05. */
  readonly significance?: number;
}

const MAX_SEEDS = 1e9;

/**
 * Returns the probability that a two-sided t-test with this number of seeds per configuration detects the
 * difference: the paired t-test, or the t-test of two samples of equal variance. It is P(|T| ≥ t) for the
 * non-central t (Cohen 1988, ch. 2), which counts both directions, like `power.t.test(strict = TRUE)` of R.
 * If the deviation is 0, the power is 1. Throws RangeError for fewer than 2 seeds, a negative deviation, or a
 * significance outside 0 to 1.
 */
export function computePower(plan: PlannedComparison & { readonly seeds: number }): number {
  const { difference, deviation, paired, seeds, significance = 0.05 } = plan;
  checkPlan("computePower", plan);
  if (!Number.isInteger(seeds) || seeds < 2)
    throw new RangeError(`computePower: seeds must be a whole number from 2, got ${seeds}.`);
  if (deviation === 0) return difference === 0 ? significance : 1;
  const df = paired ? seeds - 1 : 2 * (seeds - 1);
  const center = (Math.abs(difference) / deviation) * Math.sqrt(paired ? seeds : seeds / 2);
  return 1 - insideOfNoncentralT(studentTCriticalValue(significance, df), df, center);
}

/**
 * Returns the smallest number of seeds per configuration (at least 2) for which `computePower` is at least
 * `power` (default 0.8). Throws RangeError if the difference is 0, if it needs more than 10⁹ seeds, or if
 * `computePower` rejects an argument.
 */
export function computeRequiredSeeds(plan: PlannedComparison & { readonly power?: number }): number {
  const { power = 0.8, difference, deviation } = plan;
  checkPlan("computeRequiredSeeds", plan);
  if (!(power > 0 && power < 1))
    throw new RangeError(`computeRequiredSeeds: power must be between 0 and 1, got ${power}.`);
  if (difference === 0)
    throw new RangeError(
      "computeRequiredSeeds: difference must not be 0. No number of seeds detects equality.",
    );
  const detects = (seeds: number): boolean => computePower({ ...plan, seeds }) >= power;
  let enough = 2;
  while (!detects(enough)) {
    enough *= 2;
    if (enough > MAX_SEEDS)
      throw new RangeError(
        `computeRequiredSeeds: a difference of ${difference} at a deviation of ${deviation} needs more than ` +
          `${MAX_SEEDS} seeds.`,
      );
  }
  // The power increases with the number of seeds.
  let tooFew = enough / 2;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (detects(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

function checkPlan(caller: string, { difference, deviation, significance = 0.05 }: PlannedComparison): void {
  if (!Number.isFinite(difference))
    throw new RangeError(`${caller}: difference must be a finite number, got ${difference}.`);
  if (!Number.isFinite(deviation) || deviation < 0)
    throw new RangeError(`${caller}: deviation must be a finite number from 0, got ${deviation}.`);
  if (!(significance > 0 && significance < 1))
    throw new RangeError(`${caller}: significance must be between 0 and 1, got ${significance}.`);
}

const INTERVALS = 2048;
/** The density is cut off at e^−40 of its maximum. The rest does not change a double. */
const NEGLIGIBLE = -40;

/**
 * P(|T| ≤ t) for T = (Z + center) / S, with Z standard normal and df·S² chi-squared with df degrees of
 * freedom. It is the mean of Φ(t·S − center) − Φ(−t·S − center) over S. The density of w = log S is
 * proportional to e^h(w) with h(w) = df·(w − (e^2w − 1)/2). Its maximum is at 0. The trapezoidal rule
 * converges exponentially, because the integrand and all its derivatives vanish at both ends (Trefethen &
 * Weideman 2014).
 */
function insideOfNoncentralT(t: number, df: number, center: number): number {
  const logDensity = (w: number): number => df * (w - (exp(2 * w) - 1) / 2);
  const reach = (direction: 1 | -1): number => {
    let w = 1 / Math.sqrt(2 * df); // the standard deviation of w for large df
    while (logDensity(direction * w) > NEGLIGIBLE) w *= 1.25;
    return direction * w;
  };
  const [from, to] = [reach(-1), reach(1)];
  let weights = 0;
  let sum = 0;
  for (let index = 0; index <= INTERVALS; index++) {
    const w = from + ((to - from) * index) / INTERVALS;
    const weight = exp(logDensity(w));
    const scaled = t * exp(w);
    weights += weight;
    sum += weight * (normalCdf(scaled - center) - normalCdf(-scaled - center));
  }
  return sum / weights;
}
