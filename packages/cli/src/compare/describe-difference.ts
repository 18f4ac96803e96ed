import type { ComparisonWithBest } from "@nn/insight";
import { METRIC_COLUMNS, type MetricName } from "@nn/runner";

import { formatCount } from "../terminal/format.ts";
import type { Candidate } from "./candidates.ts";
import { findChangedData } from "./changed-data.ts";
import { computeMean, type ComparedCandidate } from "./comparison.ts";
import { findDifferingPaths, findUnknownSources } from "./experiment-settings.ts";

/** Returns whether a setting determines the images. The number of held-out images alone does not count. */
export function isDataSetting(path: string): boolean {
  return path.startsWith("dataset.") && path !== "dataset.validation" && path !== "dataset.normalize";
}

/** Maximum number of configurations that are described in a separate sentence. */
const MAX_SENTENCES = 5;

/**
 * Returns the configurations that the conclusion compares with the best one. These are the best of each other
 * path that the user named or, for a single path, the second-best configuration.
 */
export function findRunnersUp(compared: readonly ComparedCandidate[]): ComparedCandidate[] {
  const leaders = findLeaders(compared);
  return leaders.length > 1 ? leaders.slice(1) : compared.slice(1, 2);
}

/** Returns the best configuration of each path. */
function findLeaders(compared: readonly ComparedCandidate[]): ComparedCandidate[] {
  return compared.filter(
    ({ candidate }, index) => compared.findIndex((each) => each.candidate.path === candidate.path) === index,
  );
}

/**
 * Concludes a comparison in sentences: whether the best configuration is better than its runners-up beyond
 * noise, and than how many of all others. `compared`: the configurations in the order of their ranks. Returns
 * no sentence for fewer than two.
 */
export function concludeComparison(
  compared: readonly ComparedCandidate[],
  metric: MetricName,
  goal: "maximize" | "minimize",
): string[] {
  const [best, ...others] = compared;
  if (best === undefined || others.length === 0) return [];
  const leaders = findLeaders(compared);
  const tested = others.filter(({ comparison }) => comparison?.adjustedPValue !== undefined).length;
  const lines: string[] = [];
  if (leaders.length > 1 && leaders.length < compared.length) {
    const names = leaders.map(({ candidate }) => `${candidate.label} of ${candidate.source}`);
    lines.push(`The best of each: ${names.join(", ")}.`);
  }
  for (const runnerUp of findRunnersUp(compared).slice(0, MAX_SENTENCES))
    lines.push(
      describeDifference(best, runnerUp, { metric, goal, comparisons: tested }),
      ...describeDivergence(best, runnerUp, metric, goal),
    );
  if (others.length > 1 && tested > 0) {
    const beyond = others.filter(
      ({ comparison }) => comparison?.isBeyondNoise === true && isBetter(-comparison.difference, goal),
    ).length;
    lines.push(
      `Of the ${formatCount(others.length)} others, ${formatCount(beyond)} ${beyond === 1 ? "is" : "are"} worse than ` +
        `${best.candidate.label} beyond noise (p-values adjusted by Holm's method).`,
    );
  }
  return lines;
}

/**
 * Describes the difference of two configurations in a sentence: it is beyond noise, or within the noise of
 * the seeds. `comparisons`: the total number of comparisons.
 */
export function describeDifference(
  best: ComparedCandidate,
  other: ComparedCandidate,
  { metric, goal, comparisons }: DifferenceOptions,
): string {
  const { comparison } = other;
  const [a, b] = [best.candidate.label, other.candidate.label];
  if (comparison === undefined) return describeMissingMetric(best, other, metric);
  const paths = findDifferingPaths([best.candidate, other.candidate]);
  const repeated = describeRepetition(best, other, paths, metric);
  if (repeated !== undefined) return repeated;
  if (paths.some(isDataSetting) || findChangedData([best.candidate, other.candidate]) !== undefined)
    return `${a} and ${b} were measured on different data, so their difference says nothing about their settings.`;
  const { difference, interval, isBeyondNoise, moreSeeds, adjustedPValue, seeds, test } = comparison;
  const size = formatDifference(metric, Math.abs(difference));
  // The other one may be better by its mean: over the common seeds, or if it ranks lower as it diverged.
  const [better, worse] = isBetter(difference, goal) ? [b, a] : [a, b];
  const isSame =
    paths.every((path) => path === "seed" || path === "repeats") &&
    findUnknownSources([best.candidate, other.candidate]).length === 0;
  if (interval === undefined) {
    if (isSame)
      return `${a} and ${b} differ only in their seed: their difference of ${size} is the noise of the seeds.`;
    if (difference === 0) return `${a} and ${b} have the same ${metric}.`;
    if (comparison.degenerate === "zero variance") {
      const where =
        test === "paired" ? `with each of the ${seeds} common seeds` : "and the seeds of each agree";
      return (
        `${better} is better than ${worse} by ${size} ${where}, so the noise of the seeds cannot be estimated. ` +
        `Train more seeds of each (repeats: ${seeds + 3}).`
      );
    }
    const alone = [best, other].filter(({ candidate }) => candidate.rows.length === 1);
    const who =
      alone.length === 2 ? `${a} and ${b} have one seed each` : `${alone[0]?.candidate.label} has one seed`;
    return (
      `${better} is better than ${worse} by ${size}, but ${who}, so the noise of the seeds is unknown. Train several ` +
      "seeds of each (repeats: 3)."
    );
  }
  const isPart = test === "paired" && [best, other].some(({ candidate }) => candidate.rows.length > seeds);
  const over = isPart ? `Over their ${seeds} common seeds, ` : "";
  if (difference === 0 && interval.lower === interval.upper)
    return `${over}${a} and ${b} have the same ${metric}.`;
  const sign = difference < 0 ? -1 : 1;
  const ends = [sign * interval.lower, sign * interval.upper].sort((x, y) => x - y);
  const what = `${size} (${ends.map((end) => formatNumber(metric, end)).join(" to ")})`;
  const adjusted = comparisons > 1 ? `, adjusted for ${comparisons} comparisons` : "";
  const how = `${describeTest(comparison)}, p ${formatPValue(adjustedPValue!)}${adjusted}`;
  if (isBeyondNoise) return `${over}${better} is better than ${worse} by ${what}, beyond noise (${how}).`;
  const more =
    moreSeeds === undefined
      ? ""
      : moreSeeds >= 1000
        ? "; more than 1,000 seeds would be needed to detect such a difference"
        : `; about ${moreSeeds} more ${moreSeeds === 1 ? "seed" : "seeds"} of each would detect such a difference`;
  const start = over === "" ? "The" : `${over}the`;
  return `${start} difference between ${better} and ${worse}, ${what}, is within noise${more} (${how}).`;
}

/**
 * Describes two trainings of the same experiment with the same seeds. Returns undefined for others, and for
 * several seeds with other results, whose noise can be estimated, unless their data differ.
 */
function describeRepetition(
  { candidate: best }: ComparedCandidate,
  { candidate: other, comparison }: ComparedCandidate,
  differingPaths: readonly string[],
  metric: MetricName,
): string | undefined {
  const [seeds, otherSeeds] = [best, other].map(({ rows }) => rows.map(({ seed }) => seed).join(", "));
  const isSame = differingPaths.every((path) => path === "repeats") && seeds === otherSeeds;
  if (!isSame || findUnknownSources([best, other]).length > 0) return undefined;
  const which = `the same settings and the same ${best.rows.length === 1 ? "seed" : "seeds"}`;
  const names = `${best.label} and ${other.label}`;
  const results = [best, other].map(({ rows }) =>
    JSON.stringify(rows.map(({ epochs, train, validation, test }) => [epochs, train, validation, test])),
  );
  if (results[0] === results[1]) return `${names} have ${which}, and their results are identical.`;
  const data = findChangedData([best, other]);
  if (comparison?.interval !== undefined && data === undefined) return undefined;
  const reason =
    data === undefined
      ? "The reason is not a setting, but the version of the program, the files of the data or of custom parts, or " +
        "the processor: compare the files environment.json of their runs."
      : `The images or labels of ${data} were changed between their runs.`;
  return `${names} have ${which}, but their results differ${describeDifferingMetric(best, other, metric)}. ${reason}`;
}

/**
 * Returns `: validation.accuracy by 0.30 points` for the first metric that differs in the digits shown,
 * beginning with `metric`; an empty string if there is none.
 */
function describeDifferingMetric(best: Candidate, other: Candidate, metric: MetricName): string {
  for (const name of [metric, ...METRIC_COLUMNS]) {
    const [a, b] = [computeMean(best, name), computeMean(other, name)];
    if (a === undefined || b === undefined) continue;
    const size = Math.abs(a - b);
    if (Number(formatNumber(name, size)) !== 0) return `: ${name} by ${formatDifference(name, size)}`;
  }
  return "";
}

/** Whether a difference of a metric is an improvement. */
function isBetter(difference: number, goal: "maximize" | "minimize"): boolean {
  return goal === "maximize" ? difference > 0 : difference < 0;
}

/** Says that a configuration ranks lower because trials of it diverged, if so. */
function describeDivergence(
  best: ComparedCandidate,
  other: ComparedCandidate,
  metric: MetricName,
  goal: "maximize" | "minimize",
): string[] {
  const [first, second] = [best, other].map(({ metrics }) => metrics.get(metric)?.mean);
  const { label, diverged } = other.candidate;
  if (first === undefined || second === undefined || !isBetter(second - first, goal)) return [];
  const trials = diverged.length === 1 ? "trial" : "trials";
  return [
    `${label} ranks below ${best.candidate.label} although its mean is better: its ${trials} ` +
      `${diverged.join(", ")} diverged.`,
  ];
}

/** Says that a configuration has no such metric, and which one both have: of the test set, if possible. */
function describeMissingMetric(
  best: ComparedCandidate,
  other: ComparedCandidate,
  metric: MetricName,
): string {
  const kind = metric.slice(metric.indexOf("."));
  const shared = METRIC_COLUMNS.toReversed().find(
    (name) =>
      name.endsWith(kind) &&
      [best, other].every(({ candidate }) => computeMean(candidate, name) !== undefined),
  );
  const why = metric.startsWith("validation.") ? ": it was trained without validation images" : "";
  const advice = shared === undefined ? "" : ` Both have ${shared}: compare them with --sort ${shared}.`;
  return `${other.candidate.label} has no ${metric}${why}.${advice}`;
}

/** Options of `describeDifference`. */
export interface DifferenceOptions {
  readonly metric: MetricName;
  readonly goal: "maximize" | "minimize";
  /** Number of comparisons, for which the p-values are adjusted. */
  readonly comparisons: number;
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
  // Uses a minus sign, but not for a rounded zero.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
