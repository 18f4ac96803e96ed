import type { MetricName } from "@nn/runner";

import { findChangedData } from "./changed-data.ts";
import type { ComparedCandidate } from "./comparison.ts";
import { isDataSetting } from "./describe-difference.ts";
import { findDifferingPaths, findUnknownSources } from "./experiment-settings.ts";

/**
 * Describes why metrics of candidates cannot be compared, or only in part: they were measured on different
 * images, or perhaps were.
 */
export function describeDataDifferences(
  compared: readonly ComparedCandidate[],
  metric: MetricName,
): string[] {
  const candidates = compared.map(({ candidate }) => candidate);
  return [
    ...findUnknownSources(candidates).map(describeUnknownSource),
    ...describeDifferentImages(compared, metric),
  ];
}

function describeUnknownSource(table: string): string {
  return (
    `${table} is not in the folder of a run, so its settings, its data set and its validation images are not ` +
    "known. The metrics may be those of other images: give the folder of its run instead"
  );
}

function describeDifferentImages(compared: readonly ComparedCandidate[], metric: MetricName): string[] {
  const candidates = compared.map(({ candidate }) => candidate);
  const paths = findDifferingPaths(candidates);
  const data = paths.filter((path) => isDataSetting(path));
  if (data.length > 0) {
    const which = data.join(", ");
    return [
      `the data sets differ (${which}), so the metrics were measured on different images and cannot be compared`,
    ];
  }
  const changed = findChangedData(candidates);
  if (changed !== undefined) {
    return [
      `the images or labels of ${changed} were changed between the runs, so the metrics were measured on different ` +
        "data and cannot be compared",
    ];
  }
  if (!metric.startsWith("validation.")) return [];
  const validated = compared.filter(({ metrics }) => metrics.has(metric));
  const split = findDifferingPaths(validated.map(({ candidate }) => candidate)).filter(
    (path) => path === "dataset.validation" || path === "seed",
  );
  if (split.length === 0) return [];
  return [
    `the validation images differ (${split.join(", ")}), which causes a part of the differences in ${metric}`,
  ];
}
