import { mean, sampleStandardDeviation } from "simple-statistics";

import type { Experiment } from "@nn/experiment";
import type { Metrics, TrialRecord } from "@nn/results";
import { rankByMetric, type Goal } from "@nn/sweep";
import type { SweptValue } from "@nn/training";

/**
 * Mean and sample standard deviation over the repeats of a configuration. With a single repeat, the deviation
 * is undefined.
 */
export interface MeanAndDeviation {
  readonly mean: number;
  readonly deviation?: number | undefined;
}

/** The metric columns of results.csv. */
export const METRIC_COLUMNS = [
  "train.loss",
  "train.accuracy",
  "validation.loss",
  "validation.accuracy",
  "test.loss",
  "test.accuracy",
] as const;
/** The name of a metric column of results.csv. */
export type MetricName = (typeof METRIC_COLUMNS)[number];

/** The results of the trials of a configuration. */
export interface ConfigurationSummary {
  /** Number of all its trials; below, the numbers by status. The others have not ended. */
  readonly trials: number;
  readonly completed: number;
  readonly diverged: number;
  readonly pruned: number;
  readonly failed: number;
  /** Metrics over the completed trials. A metric that no trial has is absent. */
  readonly metrics: ReadonlyMap<MetricName, MeanAndDeviation>;
  /** If it was pruned: the number of epochs, and the metrics at that epoch. */
  readonly stopped?: Stopped | undefined;
}

/** A combination of swept values and the results of its repeats. */
export interface RankedConfiguration extends ConfigurationSummary {
  readonly configuration: number;
  readonly parameters: Readonly<Record<string, SweptValue>>;
  /** The numbers of its trials, ascending. */
  readonly numbers: readonly number[];
}

interface Stopped {
  readonly epochs: number;
  readonly metrics: ReadonlyMap<MetricName, MeanAndDeviation>;
}

/** What the ranking needs of a trial. */
export type TrialOutcome = Pick<TrialRecord, "status" | "epochs" | "train" | "validation" | "test">;

/** What the ranking needs of a configuration. */
export interface Rankable {
  readonly diverged: number;
  readonly metrics: ReadonlyMap<MetricName, { readonly mean: number }>;
  readonly stopped?: Stopped | undefined;
}

/**
 * Ranks the configurations of an experiment with `sortConfigurations`. If trials continue the networks of
 * earlier trials, only the trials that reach the last epoch are ranked.
 */
export function rankConfigurations(
  experiment: Pick<Experiment, "trials" | "metric" | "goal">,
  records: ReadonlyMap<number, TrialRecord>,
): RankedConfiguration[] {
  const whole = experiment.trials.filter(({ until }) => until === undefined);
  const ranked = whole.length > 0 ? whole : experiment.trials;
  const configurations = Map.groupBy(ranked, ({ configuration }) => configuration)
    .values()
    .map((trials) =>
      Object.assign(summarizeConfiguration(trials.map(({ number }) => records.get(number))), {
        configuration: trials[0]!.configuration,
        parameters: trials[0]!.parameters,
        numbers: trials.map(({ number }) => number),
      }),
    );
  return sortConfigurations([...configurations], toMetricName(experiment.metric), experiment.goal);
}

/** Summarizes the trials of a configuration; undefined stands for a trial that has not started. */
export function summarizeConfiguration(trials: readonly (TrialOutcome | undefined)[]): ConfigurationSummary {
  const withStatus = (status: TrialRecord["status"]): TrialOutcome[] =>
    trials.filter((trial) => trial !== undefined && trial.status === status).map((trial) => trial!);
  const completed = withStatus("completed");
  const pruned = withStatus("pruned");
  return {
    trials: trials.length,
    completed: completed.length,
    diverged: withStatus("diverged").length,
    pruned: pruned.length,
    stopped: stoppedAt(pruned),
    failed: withStatus("failed").length,
    metrics: spreads(completed),
  };
}

/**
 * Returns the configurations sorted by the mean of a metric over their completed trials, best first.
 * Configurations with a diverged trial follow, then pruned ones (those with most epochs first), then those
 * without the metric. Equal configurations keep their order.
 */
export function sortConfigurations<Configuration extends Rankable>(
  configurations: readonly Configuration[],
  metric: MetricName,
  goal: Goal,
): Configuration[] {
  const value = ({ metrics, stopped }: Configuration): number | undefined =>
    (metrics.get(metric) ?? stopped?.metrics.get(metric))?.mean;
  // A configuration that diverges with one of its seeds is unreliable, even if the other seeds have good
  // results.
  return rankByMetric(configurations, value, goal).sort(
    (a, b) => getTier(a, metric) - getTier(b, metric) || (b.stopped?.epochs ?? 0) - (a.stopped?.epochs ?? 0),
  );
}

/** Returns the other configurations of a ranking that tie with this one. */
export function findTiedConfigurations(
  one: RankedConfiguration,
  ranking: readonly RankedConfiguration[],
  metric: MetricName,
): RankedConfiguration[] {
  const value = one.metrics.get(metric)?.mean;
  if (value === undefined) return [];
  return ranking.filter(
    (other) =>
      other !== one &&
      other.metrics.get(metric)?.mean === value &&
      getTier(other, metric) === getTier(one, metric),
  );
}

function stoppedAt(pruned: readonly TrialOutcome[]): Stopped | undefined {
  const [first] = pruned;
  return first && { epochs: first.epochs, metrics: spreads(pruned) };
}

function getTier({ metrics, diverged, stopped }: Rankable, metric: MetricName): number {
  if (metrics.has(metric)) return diverged > 0 ? 1 : 0;
  return stopped?.metrics.has(metric) === true ? 2 : 3;
}

function spreads(records: readonly TrialOutcome[]): Map<MetricName, MeanAndDeviation> {
  const metrics = new Map<MetricName, MeanAndDeviation>();
  for (const name of METRIC_COLUMNS) {
    const values = records.map((record) => getMetric(record, name)).filter((value) => value !== undefined);
    if (values.length === 0) continue;
    const deviation = values.length > 1 ? sampleStandardDeviation(values) : undefined;
    metrics.set(name, { mean: mean(values), deviation });
  }
  return metrics;
}

/** Returns a trial's metric by its column name; undefined if the trial has none. */
export function getMetric(
  record: { readonly [set in "train" | "validation" | "test"]?: Metrics | undefined },
  name: MetricName,
): number | undefined {
  switch (name) {
    case "train.loss":
      return record.train?.loss;
    case "train.accuracy":
      return record.train?.accuracy;
    case "validation.loss":
      return record.validation?.loss;
    case "validation.accuracy":
      return record.validation?.accuracy;
    case "test.loss":
      return record.test?.loss;
    case "test.accuracy":
      return record.test?.accuracy;
    default:
      return name satisfies never;
  }
}

/**
 * Converts a string to a metric name. Throws Error for an unknown name, which the schema of experiments
 * excludes.
 */
export function toMetricName(metric: string): MetricName {
  const name = METRIC_COLUMNS.find((measure) => measure === metric);
  if (name === undefined) throw new Error(`There is no metric named "${metric}".`);
  return name;
}
