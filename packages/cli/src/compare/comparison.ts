import { compareWithBest, summarize, type ComparisonWithBest, type Summary } from "@nn/insight";
import { getMetric, sortConfigurations, type MetricName } from "@nn/runner";

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
 * Ranks candidates by a metric as a run ranks its configurations, the best first, and compares each with the
 * best one. Those without the metric come last. `metrics`: the metrics to summarize besides.
 */
export function compareCandidates(
  candidates: readonly Candidate[],
  metric: MetricName,
  goal: "maximize" | "minimize",
  metrics: readonly MetricName[],
): ComparedCandidate[] {
  const described = candidates.map((candidate) => ({
    candidate,
    diverged: candidate.diverged.length,
    metrics: new Map(
      [...new Set([metric, ...metrics])].flatMap((name) => {
        const values = [...getValuesBySeed(candidate, name).values()];
        return values.length === 0 ? [] : [[name, summarize(values)] as const];
      }),
    ),
  }));
  const ranking = sortConfigurations(described, metric, goal);
  const measured = ranking.filter((each) => each.metrics.has(metric));
  const [best] = measured;
  const samples = measured.map(({ candidate }) => getValuesBySeed(candidate, metric));
  const comparisons = best === undefined ? [] : compareWithBest(samples, goal, 0).comparisons;
  return ranking.map((each, index): ComparedCandidate => {
    const { candidate, metrics: summaries } = each;
    const comparison = comparisons[index];
    if (best === undefined || comparison === undefined) return { candidate, metrics: summaries };
    const testImages = compareOnTestImages(candidate, best.candidate);
    return { candidate, metrics: summaries, comparison, testImages };
  });
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
