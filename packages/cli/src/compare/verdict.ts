import type { ComparisonWithBest } from "@nn/insight";
import type { MetricName } from "@nn/runner";

import type { ComparedCandidate } from "./comparison.ts";

/**
 * Says in a sentence whether the best of two configurations is better than the other one, or whether the
 * difference is within the noise of the seeds. `other` has a comparison.
 */
export function verdict(best: ComparedCandidate, other: ComparedCandidate, metric: MetricName): string {
  const { comparison } = other;
  const [a, b] = [best.candidate.label, other.candidate.label];
  if (comparison === undefined) return `${b} has no ${metric}.`;
  const { difference, interval, isBeyondNoise, moreSeeds, adjustedPValue } = comparison;
  // The difference is that of the other one to the best one. For a loss, the better one is smaller.
  const size = Math.abs(difference);
  const sign = difference < 0 ? -1 : 1;
  if (interval === undefined) {
    const alone = [best, other].filter(({ candidate }) => candidate.rows.length === 1);
    const who =
      alone.length === 2 ? `${a} and ${b} have one seed each` : `${alone[0]?.candidate.label} has one seed`;
    return (
      `${a} is better than ${b} by ${formatDifference(metric, size)}, but ${who}, so the noise of the seeds is ` +
      "unknown. Train several seeds of each (repeats: 3)."
    );
  }
  if (difference === 0 && interval.lower === interval.upper) return `${a} and ${b} have the same ${metric}.`;
  const ends = [sign * interval.lower, sign * interval.upper].sort((x, y) => x - y);
  const range = ends.map((end) => formatNumber(metric, end)).join(" to ");
  const how = `${describeTest(comparison)}, p ${formatPValue(adjustedPValue!)}`;
  if (isBeyondNoise)
    return `${a} is better than ${b} by ${formatDifference(metric, size)} (${range}), beyond noise (${how}).`;
  const seeds =
    moreSeeds === undefined
      ? ""
      : moreSeeds >= 1000
        ? "; more than 1,000 seeds would be needed to show one of this size"
        : `; about ${moreSeeds} more ${moreSeeds === 1 ? "seed" : "seeds"} of each would show one of this size`;
  const what = `${formatDifference(metric, size)} (${range})`;
  return `The difference of ${a} and ${b}, ${what}, is within noise${seeds} (${how}).`;
}

function describeTest({ test, seeds }: ComparisonWithBest): string {
  return test === "paired" ? `paired t-test over ${seeds} common seeds` : "Welch's t-test, no common seeds";
}

/** Formats a p-value with its sign: `= 0.012`, `< 0.001`. */
export function formatPValue(pValue: number): string {
  return pValue < 0.001 ? "< 0.001" : `= ${pValue.toPrecision(2)}`;
}

/** Formats a difference of metrics: `0.21 points` of an accuracy in percent, `0.0123` of a loss. */
function formatDifference(metric: MetricName, difference: number): string {
  const number = formatNumber(metric, difference);
  return metric.endsWith(".accuracy") ? `${number} points` : number;
}

/** Formats a difference without its unit: points of an accuracy have two decimals, losses have four. */
export function formatNumber(metric: MetricName, difference: number): string {
  const isAccuracy = metric.endsWith(".accuracy");
  const text = (isAccuracy ? 100 * difference : difference).toFixed(isAccuracy ? 2 : 4);
  // A minus sign, and none for a rounded zero.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
