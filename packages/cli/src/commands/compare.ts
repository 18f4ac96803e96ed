import { ExperimentError } from "@nn/experiment";
import { formatCsv } from "@nn/results";
import { METRIC_COLUMNS, type MetricName } from "@nn/runner";

import { readCandidates, type Candidates } from "../compare/candidates.ts";
import { compareCandidates, computeMean, type ComparedCandidate } from "../compare/comparison.ts";
import { describeDataDifferences } from "../compare/data-differences.ts";
import { findDifferingPaths } from "../compare/experiment-settings.ts";
import { filterCandidates } from "../compare/filter-candidates.ts";
import { findMetric, findSetting } from "../compare/setting-names.ts";
import { listOtherRuns } from "../runs/find-run.ts";
import { formatComparison } from "../terminal/comparison.ts";
import { writeCsv, writeJson } from "../terminal/data-output.ts";
import { formatNotices } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Command-line options of `compare`. */
export interface CompareOptions {
  /** The metric to rank by. Default: the metric of the experiment. */
  readonly sort?: string | undefined;
  /** Comparisons that the configurations must satisfy. */
  readonly where: readonly string[];
  /** Names of metrics and settings to show, separated by commas. */
  readonly columns?: string | undefined;
  readonly csv?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Runs `compare PATH…`: ranks the configurations of runs, prints their differences, and tests whether a
 * difference exceeds the noise of the seeds. Returns the exit code. Throws ExperimentError and
 * RunDirectoryError.
 */
export async function compareCommand(
  paths: readonly string[],
  options: CompareOptions,
  terminal: Terminal,
): Promise<number> {
  const found = readCandidates(paths);
  const candidates = filterCandidates(found.candidates, options.where);
  const { metric, goal, notices } = rankingOf({ ...found, candidates }, options.sort);
  const chosen = chooseColumns(options.columns, found);
  const metrics = chosen?.metrics ?? [...getOtherMetrics(metric), "test.accuracy" as const];
  const compared = compareCandidates(
    candidates,
    metric,
    goal,
    options.json === true ? METRIC_COLUMNS : metrics,
  );
  const data = describeDataDifferences(compared, metric);
  terminal.err.write(formatNotices([...found.notices, ...notices, ...data]));
  if (options.json === true) {
    writeJson(asJson(compared, metric, goal), terminal);
  } else if (options.csv === true) {
    writeCsv(toCsvText(compared, metric, metrics, chosen?.paths), terminal);
  } else {
    const folder = compared[0]?.candidate.folder;
    const otherRuns = compared.length > 1 || folder === undefined ? [] : listOtherRuns(folder);
    const paths = chosen?.paths;
    const lines = formatComparison({ compared, metric, goal, metrics, paths, otherRuns }, terminal);
    terminal.out.write(lines.map((line) => `${line}\n`).join(""));
  }
  return 0;
}

/**
 * Returns the metric to rank by: the chosen metric, the metric of the experiments, or an available accuracy.
 */
function rankingOf(
  { candidates, metric, goal }: Candidates,
  sort: string | undefined,
): Pick<Candidates, "metric" | "goal" | "notices"> {
  const isThere = (name: MetricName): boolean =>
    candidates.some((candidate) => computeMean(candidate, name) !== undefined);
  const chosen = sort === undefined ? undefined : findMetric(sort, "--sort");
  if (chosen !== undefined && !isThere(chosen))
    throwProblem("--sort", `no trial has ${chosen}`, `Leave it out.`);
  const used = chosen ?? [metric, "validation.accuracy" as const].find(isThere) ?? "test.accuracy";
  const validated = candidates.filter(
    (candidate) => computeMean(candidate, "validation.accuracy") !== undefined,
  );
  const better =
    validated.length === candidates.length
      ? "rank by validation.accuracy"
      : validated.length > 0
        ? "runs that were trained without validation images have no better metric"
        : "hold out validation images (dataset.validation) and rank by their metrics";
  const notices = used.startsWith("test.")
    ? [
        "ranked by the test set: used for model selection, its metrics are too optimistic for new images; " +
          better,
      ]
    : [];
  const byLoss = used.endsWith(".loss");
  return { metric: used, goal: used === metric ? goal : byLoss ? "minimize" : "maximize", notices };
}

/** Returns the other metrics of the same set: the loss for an accuracy. */
function getOtherMetrics(metric: MetricName): MetricName[] {
  const set = metric.slice(0, metric.indexOf("."));
  return METRIC_COLUMNS.filter((name) => name !== metric && name.startsWith(`${set}.`));
}

/** Splits `--columns` into metrics and settings. */
function chooseColumns(
  columns: string | undefined,
  { candidates }: Candidates,
): { readonly metrics: MetricName[]; readonly paths: string[] } | undefined {
  if (columns === undefined) return undefined;
  const [metrics, paths]: [MetricName[], string[]] = [[], []];
  for (const name of columns.split(",").map((each) => each.trim())) {
    const found = findSetting(name, candidates, "--columns");
    const metric = METRIC_COLUMNS.find((each) => each === found);
    if (metric === undefined) paths.push(found);
    else metrics.push(metric);
  }
  return { metrics, paths };
}

function throwProblem(place: string, message: string, advice: string): never {
  throw new ExperimentError([{ place, message, advice }]);
}

/** Returns the table as CSV, with all digits. */
function toCsvText(
  compared: readonly ComparedCandidate[],
  metric: MetricName,
  metrics: readonly MetricName[],
  paths = findDifferingPaths(compared.map(({ candidate }) => candidate)),
): string {
  const shown = [...new Set([metric, ...metrics])];
  const header = [
    "label",
    "run",
    "trials",
    "seeds",
    ...paths,
    ...shown.flatMap((name) => [name, `${name} deviation`]),
    "difference",
    "lower",
    "upper",
    "p",
  ];
  const rows = compared.map(({ candidate, metrics: summaries, comparison }) => [
    candidate.label,
    candidate.source,
    candidate.rows.map(({ trial }) => trial).join(" "),
    candidate.rows.length,
    ...paths.map((path) => String(candidate.settings.get(path) ?? "")),
    ...shown.flatMap((name) => [summaries.get(name)?.mean, summaries.get(name)?.deviation]),
    comparison?.difference,
    comparison?.interval?.lower,
    comparison?.interval?.upper,
    comparison?.adjustedPValue,
  ]);
  return formatCsv(header, rows);
}

/** Returns all computed values, with all digits. */
function asJson(compared: readonly ComparedCandidate[], metric: MetricName, goal: string): object {
  const paths = findDifferingPaths(compared.map(({ candidate }) => candidate));
  return {
    metric,
    goal,
    configurations: compared.map(({ candidate, metrics, comparison, testImages }) => ({
      label: candidate.label,
      run: candidate.source,
      trials: candidate.rows.map(({ trial, seed }) => ({ trial, seed })),
      differingSettings: Object.fromEntries(
        paths.map((path) => [path, candidate.settings.get(path) ?? null]),
      ),
      metrics: Object.fromEntries(metrics),
      ...(comparison === undefined ? {} : { comparison }),
      ...(testImages === undefined ? {} : { testImages }),
    })),
  };
}
