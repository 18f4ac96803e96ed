import type { ComparisonWithBest } from "@nn/insight";
import type { ComparedRun, RunComparison, RunDifference } from "@nn/report";

import { createLetterLabel, type Candidate } from "../compare/candidates.ts";
import { compareCandidates } from "../compare/comparison.ts";
import { describeDataDifferences } from "../compare/data-differences.ts";
import { concludeComparison } from "../compare/describe-difference.ts";
import { findDifferingPaths, getSettings } from "../compare/experiment-settings.ts";
import { describeRun } from "../runs/run-description.ts";
import { formatValue } from "../terminal/format.ts";
import { shortenPaths } from "../terminal/summary.ts";
import { toEstimate } from "./rank-trials.ts";
import { readRun, type RunData } from "./read-run.ts";

/** Maximum number of differing settings to show. */
const MAX_SETTINGS = 8;

/**
 * Compares the best configurations of runs by the metric of the first one, with the tests of `compare`. Runs
 * without a completed trial are left out. `notice` receives the reasons why metrics cannot be compared; they
 * are also the first conclusions. Throws RunDirectoryError.
 */
export function compareRuns(folders: readonly string[], notice: (text: string) => void): RunComparison {
  const found = folders.flatMap((folder, index) => {
    const data = readRun(folder);
    const candidate = findBestCandidate(folder, data, index);
    return candidate === undefined ? [] : [{ data, candidate }];
  });
  const { metric = "validation.accuracy", goal = "maximize" } = found[0]?.data ?? {};
  const candidates = found.map(({ candidate }) => candidate);
  const compared = compareCandidates(candidates, metric, goal, ["test.accuracy"]);
  const paths = [
    ...new Set([
      ...found.flatMap(({ data }) => data.parameters.map(({ path }) => path)),
      ...findDifferingPaths(candidates),
    ]),
  ].slice(0, MAX_SETTINGS);
  const runs = compared.map(({ candidate, metrics, comparison }): ComparedRun => {
    const { data } = found.find((each) => each.candidate === candidate)!;
    return {
      label: candidate.label,
      run: data.run,
      settings: describeSettings(candidate, paths),
      metric: toEstimate(metrics.get(metric)),
      test: metric === "test.accuracy" ? null : toEstimate(metrics.get("test.accuracy")),
      parameters: candidate.rows[0]?.network?.parameters ?? null,
      trials: data.trials.length,
      difference: comparison === undefined ? null : toDifference(comparison),
    };
  });
  const measured = compared.filter(({ metrics }) => metrics.has(metric));
  const differences = describeDataDifferences(compared, metric);
  differences.forEach(notice);
  const sentences = differences.map((text) => `${text[0]!.toUpperCase()}${text.slice(1)}.`);
  return { metric, runs, conclusions: [...sentences, ...concludeComparison(measured, metric, goal)] };
}

/** Returns the best configuration of a run, with its completed trials. */
function findBestCandidate(folder: string, data: RunData, index: number): Candidate | undefined {
  const best = data.configurations.find(({ metric }) => metric !== null);
  if (best === undefined) return undefined;
  const trials = new Set(
    data.trials.filter(({ configuration }) => configuration === best.index).map(({ number }) => number),
  );
  const { experiment, rows } = describeRun(folder);
  const all = rows.filter(({ trial }) => trials.has(trial));
  const own = all.filter(({ status }) => status === "completed");
  return {
    label: createLetterLabel(index),
    source: data.run,
    path: index,
    folder,
    settings: getSettings(experiment, own[0]?.parameters),
    rows: own,
    diverged: all.filter(({ status }) => status === "diverged").map(({ trial }) => trial),
  };
}

/** Describes some settings: `learningRate 0.1, units 128`. */
function describeSettings({ settings }: Candidate, paths: readonly string[]): string {
  const names = shortenPaths(paths);
  return paths
    .flatMap((path, index) => {
      const value = settings.get(path);
      if (value === undefined) return [];
      const isFraction = typeof value === "number" && !Number.isInteger(value);
      return [`${names[index]} ${formatValue(isFraction ? Number(value.toPrecision(4)) : value)}`];
    })
    .join(", ");
}

function toDifference({ difference, interval, adjustedPValue }: ComparisonWithBest): RunDifference {
  return {
    value: difference,
    interval: interval === undefined ? null : [interval.lower, interval.upper],
    pValue: adjustedPValue ?? null,
  };
}
