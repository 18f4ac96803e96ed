// Finds the best configuration and tests which of the others are significantly worse.
import { comparePaired, compareWelch, type MeanComparison } from "./compare-means.ts";
import { adjustHolm } from "./holm.ts";
import { computeRequiredSeeds } from "./power.ts";
import { INTERVAL_SIGNIFICANCE, summarize } from "./summarize.ts";

/**
 * The values of the repeats of one configuration, by seed. Values with the same seed are pairs, because their
 * trials used the same training and validation images.
 */
export type ValuesBySeed = ReadonlyMap<number | string, number>;

/** The comparison of a configuration with the best one: its mean minus that of the best. */
export interface ComparisonWithBest extends MeanComparison {
  /** Number of values of the configuration that were compared. */
  readonly seeds: number;
  /** The p-value after Holm's adjustment for all comparisons; undefined without a p-value. */
  readonly adjustedPValue: number | undefined;
  /** Whether the adjusted p-value is below 5 %. */
  readonly isBeyondNoise: boolean;
  /**
   * Number of additional seeds per configuration with which the test would detect a difference of this size
   * with a power of 80 %; at most 1000. Undefined if the difference is already significant or the variance is
   * unknown.
   */
  readonly moreSeeds: number | undefined;
}

/** The best of several configurations, and the comparisons of the others with it. */
export interface CompareWithBestResult {
  /** Index of the best configuration: the given one, or the first one with the best mean. */
  readonly best: number;
  /** One per configuration; undefined for the best. */
  readonly comparisons: readonly (ComparisonWithBest | undefined)[];
}

/**
 * Compares each configuration with the best one: that with the best mean, or the one with the index
 * `chosen` where the caller ranks by more than the mean. With two or more common seeds, the test is paired
 * over these seeds; otherwise, it is Welch's test. The best configuration is chosen by the same values, so
 * the differences from it are slightly too large. Throws RangeError if there is no configuration, or if a
 * configuration has no value or a value that is not finite.
 */
export function compareWithBest(
  samples: readonly ValuesBySeed[],
  goal: "maximize" | "minimize",
  chosen?: number,
): CompareWithBestResult {
  if (samples.length === 0) throw new RangeError("compareWithBest: expected at least one configuration.");
  const sign = goal === "maximize" ? 1 : -1;
  const scores = samples.map((sample) => sign * summarize([...sample.values()]).mean);
  const best = chosen ?? scores.indexOf(Math.max(...scores));
  const found = samples.map((sample, index) =>
    index === best ? undefined : compare(sample, samples[best]!),
  );
  const tested = found.filter((each) => each?.comparison.pValue !== undefined);
  const adjusted = new Map(
    adjustHolm(tested.map((each) => each!.comparison.pValue!)).map((pValue, index) => [
      tested[index],
      pValue,
    ]),
  );
  const comparisons = found.map((each) => {
    if (each === undefined) return undefined;
    const adjustedPValue = adjusted.get(each);
    const isBeyondNoise = (adjustedPValue ?? 1) < INTERVAL_SIGNIFICANCE;
    const moreSeeds = isBeyondNoise ? undefined : seedsMissing(each);
    const { comparison, seeds } = each;
    return Object.assign({}, comparison, { seeds, adjustedPValue, isBeyondNoise, moreSeeds });
  });
  return { best, comparisons };
}

interface Found {
  readonly comparison: MeanComparison;
  readonly seeds: number;
  /**
   * Standard deviation of the paired differences, or of the values of a configuration. Undefined for a single
   * value.
   */
  readonly deviation: number | undefined;
}

function compare(sample: ValuesBySeed, best: ValuesBySeed): Found {
  const common = [...sample.keys()].filter((seed) => best.has(seed));
  if (common.length >= 2) {
    const [a, b] = [common.map((seed) => sample.get(seed)!), common.map((seed) => best.get(seed)!)];
    const { deviation } = summarize(a.map((value, index) => value - b[index]!));
    return { comparison: comparePaired(a, b), seeds: common.length, deviation };
  }
  const [a, b] = [[...sample.values()], [...best.values()]];
  const [first, second] = [summarize(a).deviation, summarize(b).deviation];
  const deviation =
    first === undefined || second === undefined ? undefined : Math.sqrt((first ** 2 + second ** 2) / 2);
  return { comparison: compareWelch(a, b), seeds: a.length, deviation };
}

/** The largest number of seeds that is recommended. */
const MAX_SEEDS = 1000;

function seedsMissing({ comparison, deviation, seeds }: Found): number | undefined {
  const { difference, test } = comparison;
  if (deviation === undefined || deviation === 0 || difference === 0) return undefined;
  // Even smaller differences need more than this number of seeds.
  if (Math.abs(difference) < deviation / 12) return MAX_SEEDS;
  const needed = computeRequiredSeeds({ difference, deviation, paired: test === "paired" });
  return Math.min(MAX_SEEDS, Math.max(1, needed - seeds));
}
