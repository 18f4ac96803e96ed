import type { ReportData, ReportTrial } from "../../data/report-data.ts";
import { getTrialMetric, getMetricFormat } from "../format.ts";
import { createMetricColorScale } from "../charts/metric-color-scale.ts";

/** A trial with its metric in the unit of the charts. */
export interface TrialPoint {
  readonly trial: ReportTrial;
  readonly number: number;
  readonly status: ReportTrial["status"];
  readonly value: number;
}

/** Returns the trials that have the metric, ascending by number. */
export function createTrialPoints(data: ReportData, trials: readonly ReportTrial[]): TrialPoint[] {
  const { factor } = getMetricFormat(data.metric);
  return trials.flatMap((trial) => {
    const value = getTrialMetric(trial, data.metric);
    return value === null
      ? []
      : [{ trial, number: trial.number, status: trial.status, value: value * factor }];
  });
}

/**
 * Returns the best value of the completed trials so far, after each point from the first completed one on.
 * The last value of a trial that was pruned or that diverged is not a result.
 */
export function computeBestSoFar<Point extends Pick<TrialPoint, "status" | "value">>(
  points: readonly Point[],
  goal: ReportData["goal"],
): { readonly point: Point; readonly best: number }[] {
  const better = goal === "minimize" ? Math.min : Math.max;
  const first = points.findIndex(isResult);
  if (first === -1) return [];
  let best = points[first]!.value;
  return points.slice(first).map((point) => {
    if (isResult(point)) best = better(best, point.value);
    return { point, best };
  });
}

function isResult({ status }: Pick<TrialPoint, "status">): boolean {
  return status === "completed";
}

/**
 * Returns a range for the axis of the metric. It excludes a few very bad points, which are drawn at the edge.
 */
export function computeMetricDomain(
  data: ReportData,
  points: readonly TrialPoint[],
): [low: number, high: number] {
  const { factor } = getMetricFormat(data.metric);
  const [worst, best] = createMetricColorScale(data).range;
  const [low, high] = [Math.min(worst, best) * factor, Math.max(worst, best) * factor];
  const values = points.map(({ value }) => value).filter((value) => value >= low && value <= high);
  if (values.length === 0) return [low, high];
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const space = 0.06 * (max - min || Math.abs(max) || 1);
  return [min - space, max + space];
}

/** Clamps a value to a range. */
export function clampToRange([low, high]: readonly [low: number, high: number], value: number): number {
  return Math.min(high, Math.max(low, value));
}
