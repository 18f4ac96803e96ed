import type * as Plot from "@observablehq/plot";

import type { MetricFormat } from "../format.ts";

/** Returns the y-axis of a chart of a metric. */
export function createMetricAxis(scale: MetricFormat, domain: readonly [number, number]): Plot.ScaleOptions {
  return {
    domain,
    label: scale.axis,
    labelArrow: "none",
    grid: true,
    ticks: 5,
  };
}
