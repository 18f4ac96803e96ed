import type { Estimate, ReportData, ReportTrial } from "../../data/report-data.ts";
import { formatValue, getTrialMetric } from "../format.ts";

/** The trials of one combination of swept values. */
export interface Configuration {
  readonly index: number;
  readonly trials: readonly ReportTrial[];
  /** The metric of its completed trials, by seed. */
  readonly scores: readonly { readonly seed: number; readonly score: number }[];
  /** The metric over its seeds; null if no trial is completed. */
  readonly metric: Estimate | null;
  readonly test: Estimate | null;
}

/** Groups trials by configuration, in the ranking order of the run, best first. */
export function groupByConfiguration(data: ReportData, trials: readonly ReportTrial[]): Configuration[] {
  const groups = Map.groupBy(trials, ({ configuration }) => configuration);
  return data.configurations.flatMap(({ index, metric, test }) => {
    const own = groups.get(index);
    if (own === undefined) return [];
    const scores = own.flatMap((trial) => {
      const score = trial.status === "completed" ? getTrialMetric(trial, data.metric) : null;
      return score === null ? [] : [{ seed: trial.seed, score }];
    });
    return [{ index, trials: own, scores, metric, test }];
  });
}

/** Describes the swept values of a configuration: `learning rate 0.1, units 64`. */
export function describeConfiguration(data: ReportData, values: ReportTrial["values"]): string {
  return data.parameters
    .map(({ label }, index) => ({ label, value: values[index] ?? null }))
    .filter(({ value }) => value !== null)
    .map(({ label, value }) => `${label} ${formatValue(value)}`)
    .join(", ");
}
