import type { ReportData, ReportTrial } from "../../data/report-data.ts";
import { getTrialMetric } from "../format.ts";

/** Maps the metric of a trial to its position on the color scale. */
export interface MetricColorScale {
  /** The metrics at the faint and at the strong end. Values beyond an end get the color of that end. */
  readonly range: readonly [worst: number, best: number];
  readonly metric: ReportData["metric"];
}

/**
 * Returns the color scale of a run's metric. It starts 1.5 interquartile ranges below the lower quartile
 * (Tukey 1977). Otherwise a few very bad trials would give all others the same color.
 */
export function createMetricColorScale(data: ReportData): MetricColorScale {
  const sign = data.goal === "minimize" ? -1 : 1;
  const values = data.trials
    .flatMap((trial) => getTrialMetric(trial, data.metric) ?? [])
    .map((value) => sign * value)
    .sort((a, b) => a - b);
  if (values.length === 0) return { range: [0, 1], metric: data.metric };
  const quantile = (share: number): number => values[Math.round(share * (values.length - 1))]!;
  const fence = quantile(0.25) - 1.5 * (quantile(0.75) - quantile(0.25));
  const worst = values.find((value) => value >= fence)!;
  return { range: [sign * worst, sign * values.at(-1)!], metric: data.metric };
}

/** Returns 0 (worst) … 1 (best) for a trial; 0 if it has no metric. */
export function getColorPosition(
  { range: [worst, best], metric }: MetricColorScale,
  trial: ReportTrial,
): number {
  const value = getTrialMetric(trial, metric);
  if (value === null) return 0;
  if (worst === best) return 1;
  return Math.min(1, Math.max(0, (value - worst) / (best - worst)));
}
