// Tests whether the means of two configurations differ significantly. The paired test needs trials with
// common seeds. It has more power if results with the same seed are correlated.
import { studentTPValue } from "./distributions.ts";
import { checkFinite, computeInterval, isRoundingError, summarize, type Interval } from "./summarize.ts";

/** A degenerate case, in which the p-value is missing or is not that of Student's t. */
export type DegenerateCase =
  /** A configuration has one value, so its variance is unknown: there is no interval and no p-value. */
  | "one value"
  /**
   * The values do not vary, which often happens by chance with two or three accuracies, so the variance
   * cannot be estimated. Equal means have the p-value 1 and an interval of zero width. Others have neither.
   */
  | "zero variance";

/** The comparison of the means of two samples a and b. */
export interface MeanComparison {
  readonly test: "paired" | "welch";
  /** mean(a) − mean(b). */
  readonly difference: number;
  /** 95 % confidence interval of the difference. */
  readonly interval: Interval | undefined;
  /** Two-sided: the probability of a difference at least this large if the true means are equal. */
  readonly pValue: number | undefined;
  /** Degrees of freedom of Student's t, if it was used. Welch's need not be an integer. */
  readonly degreesOfFreedom: number | undefined;
  /** The degenerate case, if the result is not that of Student's t. */
  readonly degenerate?: DegenerateCase;
}

/**
 * Compares paired samples: `a[i]` and `b[i]` have the same seed. This is the paired t-test (Student 1908):
 * Student's t of the differences a[i] − b[i], with n − 1 degrees of freedom. With one pair, there is a
 * difference, but no interval and no p-value. Throws RangeError if the lengths differ or a value is not
 * finite.
 */
export function comparePaired(a: readonly number[], b: readonly number[]): MeanComparison {
  if (a.length !== b.length)
    throw new RangeError(
      `comparePaired: a and b must have one value per common seed, got ${a.length} and ${b.length} values. ` +
        "Compare samples without common seeds with compareWelch.",
    );
  checkFinite("comparePaired", "a", a);
  checkFinite("comparePaired", "b", b);
  const { count, mean: difference, deviation } = summarize(a.map((value, seed) => value - b[seed]!));
  if (deviation === undefined) return withoutSpread("paired", difference);
  const error = isRoundingError(deviation, a, b) ? 0 : deviation / Math.sqrt(count);
  return byStudentT("paired", difference, error, count - 1, isRoundingError(difference, a, b));
}

/**
 * Compares independent samples, which may differ in size and in variance. This is Welch's t-test (Welch
 * 1947), with the degrees of freedom of Satterthwaite (1946). If a sample has one value, there is a
 * difference, but no interval and no p-value. Throws RangeError if a sample is empty or a value is not
 * finite.
 */
export function compareWelch(a: readonly number[], b: readonly number[]): MeanComparison {
  checkFinite("compareWelch", "a", a);
  checkFinite("compareWelch", "b", b);
  const [first, second] = [summarize(a), summarize(b)];
  const difference = first.mean - second.mean;
  if (first.deviation === undefined || second.deviation === undefined)
    return withoutSpread("welch", difference);
  // s²/n, the variance of each mean.
  const u = first.deviation ** 2 / a.length;
  const v = second.deviation ** 2 / b.length;
  // ν = (u + v)² / (u²/(n − 1) + v²/(m − 1)), divided by (u + v)², so that small variances do not underflow.
  const share = u / (u + v);
  const df = 1 / (share ** 2 / (a.length - 1) + (1 - share) ** 2 / (b.length - 1));
  return byStudentT("welch", difference, Math.sqrt(u + v), df, isRoundingError(difference, a, b));
}

function byStudentT(
  test: MeanComparison["test"],
  difference: number,
  error: number,
  degreesOfFreedom: number,
  equalMeans: boolean,
): MeanComparison {
  if (error === 0) {
    const interval = equalMeans ? { lower: difference, upper: difference } : undefined;
    const pValue = equalMeans ? 1 : undefined;
    return { test, difference, interval, pValue, degreesOfFreedom: undefined, degenerate: "zero variance" };
  }
  return {
    test,
    difference,
    interval: computeInterval(difference, error, degreesOfFreedom),
    pValue: studentTPValue(difference / error, degreesOfFreedom),
    degreesOfFreedom,
  };
}

function withoutSpread(test: MeanComparison["test"], difference: number): MeanComparison {
  const none = { interval: undefined, pValue: undefined, degreesOfFreedom: undefined };
  return { test, difference, ...none, degenerate: "one value" };
}
