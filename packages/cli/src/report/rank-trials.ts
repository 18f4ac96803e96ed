import { comparePaired, summarize, type Summary } from "@nn/insight";
import type { Estimate, Lead, RankedConfiguration, ReportData, ReportTrial } from "@nn/report";

/** The configurations of a run, best first, and the lead of the best one. */
export type Ranking = Pick<ReportData, "configurations" | "lead">;

/**
 * Returns the results of the configurations. Compares the best with the second-best on their common seeds.
 * `ranking`: the indices of the configurations, best first.
 */
export function rankTrials(
  trials: readonly ReportTrial[],
  ranking: readonly number[],
  metric: ReportData["metric"],
): Ranking {
  const groups = Map.groupBy(trials, ({ configuration }) => configuration);
  const configurations = ranking.map((index): RankedConfiguration => {
    const own = groups.get(index) ?? [];
    return {
      index,
      metric: computeEstimate(getScores(own, metric)),
      test: metric.startsWith("test.") ? null : computeEstimate(getScores(own, "test.accuracy")),
    };
  });
  const [best, second] = configurations.filter((each) => each.metric !== null);
  if (best === undefined || second === undefined) return { configurations, lead: null };
  const scores = [best, second].map(({ index }) => getScores(groups.get(index) ?? [], metric));
  return { configurations, lead: computeLead(scores[0]!, scores[1]!) };
}

/** Seed → value of the completed trials. */
type Scores = ReadonlyMap<number, number>;

/** Returns the metric of each completed trial, by seed. */
function getScores(trials: readonly ReportTrial[], metric: ReportData["metric"]): Scores {
  const scores = new Map<number, number>();
  for (const trial of trials) {
    const value = trial.status === "completed" ? getMetric(trial, metric) : null;
    if (value !== null) scores.set(trial.seed, value);
  }
  return scores;
}

function getMetric(trial: ReportTrial, metric: ReportData["metric"]): number | null {
  const { train, validation, test } = trial;
  const [set, kind] = metric.split(".");
  const metrics = { train, validation, test }[set === "train" || set === "test" ? set : "validation"];
  return metrics === null ? null : kind === "loss" ? metrics.loss : metrics.accuracy;
}

function computeEstimate(scores: Scores): Estimate | null {
  return scores.size === 0 ? null : toEstimate(summarize([...scores.values()]));
}

/** Returns the mean of a summary and half the width of its interval; null without a summary. */
export function toEstimate(summary: Summary | undefined): Estimate | null {
  if (summary === undefined) return null;
  const { count, mean, interval } = summary;
  return {
    seeds: count,
    mean,
    margin: interval === undefined ? null : (interval.upper - interval.lower) / 2,
  };
}

function computeLead(best: Scores, second: Scores): Lead {
  const seeds = [...best.keys()].filter((seed) => second.has(seed));
  if (seeds.length < 2) {
    const difference = summarize([...best.values()]).mean - summarize([...second.values()]).mean;
    return { difference, pairs: seeds.length, pValue: null };
  }
  const [a, b] = [best, second].map((scores) => seeds.map((seed) => scores.get(seed)!));
  const { difference, pValue } = comparePaired(a!, b!);
  return { difference, pairs: seeds.length, pValue: pValue ?? null };
}
