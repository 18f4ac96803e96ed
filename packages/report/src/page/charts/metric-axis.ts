import type * as Plot from "@observablehq/plot";

import { formatNumber, type MetricFormat } from "../format.ts";

/** Returns the y-axis of a chart whose dots or lines are values of a metric. */
export function createMetricAxis(
  metricFormat: MetricFormat,
  domain: readonly [number, number],
): Plot.ScaleOptions {
  return {
    domain,
    label: metricFormat.axis,
    labelArrow: "none",
    grid: true,
    ticks: 5,
    tickFormat: (y: number) => formatNumber(y, 4),
  };
}
