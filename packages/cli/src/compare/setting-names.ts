import { formatSuggestion, ExperimentError } from "@nn/experiment";
import { METRIC_COLUMNS, type MetricName } from "@nn/runner";

import { shortenPaths } from "../terminal/summary.ts";
import { findDifferingPaths } from "./experiment-settings.ts";
import type { Candidate } from "./candidates.ts";

/**
 * Finds a metric or setting of the candidates by a name that the user gave. The name is the whole path or the
 * short name in the table of `compare`. It can also be the end of a path if only one path ends with it.
 * Throws ExperimentError, with the paths that the name may mean.
 */
export function findSetting(name: string, candidates: readonly Candidate[], option: string): string {
  const paths = new Set(candidates.flatMap(({ settings }) => [...settings.keys()]));
  if (paths.has(name) || METRIC_COLUMNS.some((each) => each === name)) return name;
  const differing = findDifferingPaths(candidates);
  const shown = shortenPaths(differing).indexOf(name);
  if (shown >= 0) return differing[shown]!;
  return findByEnd(name, [...METRIC_COLUMNS, ...paths], option);
}

/** Finds a metric by its name. Throws ExperimentError. */
export function findMetric(name: string, option: string): MetricName {
  const found = METRIC_COLUMNS.find((each) => each === name);
  if (found !== undefined) return found;
  const ending = METRIC_COLUMNS.filter((each) => each.endsWith(`.${name}`));
  const advice = `Give ${ending.length > 0 ? "one of these" : "a metric"}: `;
  throw createUnknownNameError(
    name,
    option,
    "metric",
    advice + (ending.length > 0 ? ending : METRIC_COLUMNS).join(", "),
  );
}

function findByEnd(name: string, known: readonly string[], option: string): string {
  const ending = known.filter((path) => path.endsWith(`.${name}`));
  const [only] = ending;
  if (only !== undefined && ending.length === 1) return only;
  if (only !== undefined)
    throw new ExperimentError([
      {
        place: option,
        message: `"${name}" may mean several metrics or settings`,
        advice: `Give one of these: ${ending.join(", ")}.`,
      },
    ]);
  const advice =
    formatSuggestion(name, known) ??
    `Metrics: ${METRIC_COLUMNS.join(", ")}. Settings: paths such as optimizer.learningRate.`;
  throw createUnknownNameError(name, option, "metric or setting", advice);
}

function createUnknownNameError(name: string, option: string, kind: string, advice: string): ExperimentError {
  return new ExperimentError([{ place: option, message: `there is no ${kind} "${name}"`, advice }]);
}
