import { compareWithBest, summarize, type ComparisonWithBest, type Summary } from "@nn/insight";
import { getMetric, type MetricName } from "@nn/runner";

import type { Candidate } from "./candidates.ts";
import { compareOnTestImages, type TestImageComparison } from "./test-images.ts";

/** A candidate, its rank and its difference from the best one. */
export interface ComparedCandidate {
  readonly candidate: Candidate;
  /** Statistics over its seeds, by metric. A metric that it does not have is absent. */
  readonly metrics: ReadonlyMap<MetricName, Summary>;
  /**
   * The comparison with the best candidate; undefined for the best itself, and if the ranking metric is
   * missing.
   */
  readonly comparison?: ComparisonWithBest | undefined;
  /**
   * Compares one of its networks with one of the best candidate on the test images, if their outputs are
   * kept.
   */
  readonly testImages?: TestImageComparison | undefined;
}

/**
 * Ranks candidates by the mean of a metric, the best first, and compares each with the best one. Candidates
 * without the metric come last. `metrics`: additional metrics to summarize.
 */
export function compareCandidates(
  candidates: readonly Candidate[],
  metric: MetricName,
  goal: "maximize" | "minimize",
  metrics: readonly MetricName[],
): ComparedCandidate[] {
  const measured = candidates.filter((candidate) => computeMean(candidate, metric) !== undefined);
  const rest = candidates.filter((candidate) => !measured.includes(candidate));
  const describe = (candidate: Candidate): Omit<ComparedCandidate, "comparison" | "testImages"> => ({
    candidate,
    metrics: new Map(
      [...new Set([metric, ...metrics])].flatMap((name) => {
        const values = [...getValuesBySeed(candidate, name).values()];
        return values.length === 0 ? [] : [[name, summarize(values)] as const];
      }),
    ),
  });
  if (measured.length === 0) return candidates.map(describe);
  const samples = measured.map((candidate) => getValuesBySeed(candidate, metric));
  const { best, comparisons } = compareWithBest(samples, goal);
  const sign = goal === "maximize" ? -1 : 1;
  const first = measured[best]!;
  const ranked = measured
    .map((candidate, index): ComparedCandidate => {
      const testImages = index === best ? undefined : compareOnTestImages(candidate, first);
      return Object.assign(describe(candidate), { comparison: comparisons[index], testImages });
    })
    .map((each, index) => ({
      each,
      order: index === best ? -Infinity : sign * computeMean(each.candidate, metric)!,
    }))
    .sort((a, b) => a.order - b.order)
    .map(({ each }) => each);
  return [...ranked, ...rest.map(describe)];
}

/** Returns the mean of a metric over the seeds of a candidate; undefined if no trial has it. */
export function computeMean(candidate: Candidate, metric: MetricName): number | undefined {
  const values = [...getValuesBySeed(candidate, metric).values()];
  return values.length === 0 ? undefined : summarize(values).mean;
}

/**
 * Returns the finite values of a metric, by seed. The seed of the experiment determines the validation
 * images. So trials of experiments with different seeds are evaluated on different images and cannot be
 * paired.
 */
function getValuesBySeed({ rows, settings }: Candidate, metric: MetricName): Map<string, number> {
  const images = metric.startsWith("test.")
    ? []
    : ["seed", "dataset.validation"].map((path) => String(settings.get(path)));
  return new Map(
    rows.flatMap((row) => {
      const value = getMetric(row, metric);
      const key = [row.seed, ...images].join(" ");
      return value === undefined || !Number.isFinite(value) ? [] : [[key, value] as const];
    }),
  );
}
