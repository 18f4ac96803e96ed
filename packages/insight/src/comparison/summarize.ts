// Mean, standard deviation and 95 % interval of the repeats of one configuration.
import { mean, sampleStandardDeviation } from "simple-statistics";

import { studentTCriticalValue } from "./distributions.ts";

/** 1 minus the confidence of all intervals: they contain the true value in 95 % of experiments. */
export const INTERVAL_SIGNIFICANCE = 0.05;

/** A closed interval. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Summary statistics of the values of repeats with different seeds. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation, with count − 1 in the denominator. Undefined for one value. */
  readonly deviation: number | undefined;
  /** 95 % confidence interval of the mean, by Student's t (Student 1908). Undefined for one value. */
  readonly interval: Interval | undefined;
}

/**
 * Returns count, mean, sample standard deviation and 95 % interval of the values. Equal values have the
 * deviation 0 and an interval of zero width. Throws RangeError if there are no values or one is not finite.
 */
export function summarize(values: readonly number[]): Summary {
  checkFinite("summarize", "values", values);
  const count = values.length;
  const average = mean([...values]);
  if (count === 1) return { count, mean: average, deviation: undefined, interval: undefined };
  const spread = sampleStandardDeviation([...values]);
  const deviation = isRoundingError(spread, values) ? 0 : spread;
  return {
    count,
    mean: average,
    deviation,
    interval: computeInterval(average, deviation / Math.sqrt(count), count - 1),
  };
}

/** Returns the 95 % interval of an estimate with this standard error and these degrees of freedom. */
export function computeInterval(estimate: number, standardError: number, df: number): Interval {
  const reach = studentTCriticalValue(INTERVAL_SIGNIFICANCE, df) * standardError;
  return { lower: estimate - reach, upper: estimate + reach };
}

/**
 * Whether a number is only a rounding error of these values. For example, 0.3 − 0.2 and 0.2 − 0.1 differ by
 * 3e-17, and the computed deviation of 0.1, 0.1, 0.1 is 2e-17.
 */
export function isRoundingError(number: number, ...samples: readonly (readonly number[])[]): boolean {
  const largest = samples.flat().reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return Math.abs(number) <= 4 * Number.EPSILON * largest;
}

/** Throws RangeError if `values` is empty or contains a number that is not finite. */
export function checkFinite(caller: string, name: string, values: readonly number[]): void {
  if (values.length === 0) throw new RangeError(`${caller}: ${name} must contain at least one number.`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at !== -1)
    throw new RangeError(
      `${caller}: ${name}[${at}] must be a finite number, got ${values[at]}. ` +
        "Leave out trials that diverged.",
    );
}
