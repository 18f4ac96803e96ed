import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { shortenLine } from "@nn/platform/printable";
import { readResults, RunDirectoryError, wrapFileSystemErrors, type ResultRow } from "@nn/results";
import {
  METRIC_COLUMNS,
  getMetric,
  readEnvironment,
  sortConfigurations,
  summarizeConfiguration,
  type ConfigurationSummary,
  type MetricName,
} from "@nn/runner";
import type { Goal } from "@nn/sweep";
import { isRecord } from "@nn/training";
import { parse, YAMLParseError } from "yaml";

import { compareWithJournal, describeMissingTrials, type MissingTrial } from "./compare-with-journal.ts";

/** The content of a run's files. */
export interface RunDescription {
  /** The folder of the run. */
  readonly path: string;
  readonly name: string;
  readonly fingerprint: string;
  /** The resolved experiment, from experiment.yaml. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly metric: MetricName;
  readonly goal: Goal;
  readonly sweptPaths: readonly string[];
  /**
   * Number of trials of the run: if its budget has ended the sweep, those before the end. Undefined if
   * environment.json does not contain it.
   */
  readonly trials: number | undefined;
  /** Number of repeats per configuration, from experiment.yaml; undefined if it does not contain it. */
  readonly repeats: number | undefined;
  /** The ended trials, from results.csv, without rows that differ from the journal. */
  readonly rows: readonly ResultRow[];
  /** The other ended trials in the journal. */
  readonly missing: readonly MissingTrial[];
  /** Likely problems with the files. */
  readonly notices: readonly string[];
}

/** The trials of one configuration: its repeats, in the order of results.csv. */
export interface ConfigurationRows {
  readonly parameters: ResultRow["parameters"];
  readonly rows: readonly ResultRow[];
}

/**
 * Reads the files of a run. Throws RunDirectoryError if one of them is missing or damaged, or if results.csv
 * has none of the ended trials.
 */
export function describeRun(path: string): RunDescription {
  const table = join(path, "results.csv");
  // A run that has just started has no tables yet.
  const results = existsSync(table) ? readResults(table) : { sweptPaths: [], rows: [] };
  const { rows, missing, sweepEnd } = compareWithJournal(path, results.rows);
  if (rows.length === 0) requireAllTrials({ path, missing });
  const file = join(path, "experiment.yaml");
  const experiment = readExperiment(file);
  const { repeats } = experiment;
  const sweep = isRecord(experiment["sweep"]) ? experiment["sweep"] : {};
  const { metric: written = "validation.accuracy", goal } = sweep;
  const metric = METRIC_COLUMNS.find((name) => name === written);
  if (metric === undefined) throw damaged(file, "sweep.metric", METRIC_COLUMNS, written);
  if (goal !== undefined && !GOALS.some((name) => name === goal))
    throw damaged(file, "sweep.goal", GOALS, goal);
  const byLoss = metric.endsWith(".loss");
  return {
    path,
    name: basename(dirname(path)),
    fingerprint: basename(path),
    experiment,
    metric,
    goal: goal === "minimize" || (goal !== "maximize" && byLoss) ? "minimize" : "maximize",
    sweptPaths: results.sweptPaths,
    repeats: Number.isInteger(repeats) && Number(repeats) > 0 ? Number(repeats) : undefined,
    trials: sweepEnd ?? readEnvironment(path).trials ?? undefined,
    rows,
    missing,
    notices: missing.length === 0 ? [] : [describeMissingTrials(path, missing)],
  };
}

/**
 * Throws RunDirectoryError if results.csv lacks ended trials. If rows are missing, call this function before
 * you report that the trials have not ended.
 */
export function requireAllTrials({ path, missing }: Pick<RunDescription, "path" | "missing">): void {
  if (missing.length > 0) throw new RunDirectoryError("corrupt", `${describeMissingTrials(path, missing)}.`);
}

const GOALS: readonly string[] = ["maximize", "minimize"];

/** Returns the error for an invalid value in experiment.yaml. */
function damaged(file: string, key: string, expected: readonly string[], found: unknown): RunDirectoryError {
  return createProblem(
    file,
    `expected ${key} to be one of ${expected.join(", ")}, got ${shortenLine(JSON.stringify(found), 60)}`,
  );
}

function createProblem(file: string, what: string): RunDirectoryError {
  return new RunDirectoryError(
    "corrupt",
    `${file}: ${what}. Run the experiment again: it rewrites the file.`,
  );
}

/** Reads an experiment file that a run has written. Throws RunDirectoryError. */
export function readExperiment(file: string): Readonly<Record<string, unknown>> {
  const text = wrapFileSystemErrors("read", file, () => readFileSync(file, "utf8"));
  let data: unknown;
  try {
    // Warnings would be printed beside the output of the command.
    data = parse(text, { logLevel: "error" });
  } catch (error) {
    // The other error is a ReferenceError: the aliases expand to too many values.
    if (!(error instanceof YAMLParseError))
      throw createProblem(file, "expected no aliases that repeat each other");
    const line = error.linePos?.[0].line ?? 1;
    const found = JSON.stringify(shortenLine(text.split("\n")[line - 1] ?? "", 60));
    throw createProblem(`${file}, line ${line}`, `expected YAML, got ${found}, which cannot be parsed`);
  }
  if (isRecord(data)) return data;
  throw createProblem(file, `expected a map of keys, got ${shortenLine(JSON.stringify(data), 60)}`);
}

/**
 * Groups trials by their configuration, in the order of the first trial of each. `repeats` is the number of
 * repeats per configuration, which have consecutive numbers. If it is unknown, trials with the same swept
 * values and different seeds are repeats: a sampler can draw the same values for several configurations.
 */
export function groupByConfiguration(
  rows: readonly ResultRow[],
  repeats: number | undefined = deriveRepeats(rows),
): ConfigurationRows[] {
  const occurrences = new Map<string, number>();
  const keyOf = ({ trial, seed, parameters }: ResultRow): number | string => {
    if (repeats !== undefined) return Math.floor((trial - 1) / repeats);
    const values = JSON.stringify(parameters);
    const occurrence = 1 + (occurrences.get(`${seed} ${values}`) ?? 0);
    occurrences.set(`${seed} ${values}`, occurrence);
    return `${occurrence} ${values}`;
  };
  const groups = Map.groupBy(rows, keyOf);
  return [...groups.values()].map((group) => ({ parameters: group[0]!.parameters, rows: group }));
}

/**
 * Returns the number of repeats of a table whose experiment is unknown, from its seeds. Returns undefined
 * unless trials continue the networks of earlier ones: then the seeds of all repeats occur.
 */
function deriveRepeats(rows: readonly ResultRow[]): number | undefined {
  if (!continuesNetworks(rows)) return undefined;
  return 1 + maximum(rows.map(({ seed }) => seed)) + maximum(rows.map(({ seed }) => -seed));
}

/**
 * Groups the trials of a run that are ranked. If trials continue the networks of earlier ones, these are only
 * the configurations that reach the last epoch.
 */
export function groupRankedConfigurations(rows: readonly ResultRow[], repeats?: number): ConfigurationRows[] {
  const configurations = groupByConfiguration(rows, repeats);
  if (!continuesNetworks(rows)) return configurations;
  const completed = rows.filter(({ status }) => status === "completed");
  const last = maximum(completed.map(({ epochs }) => epochs));
  return configurations.filter((each) => each.rows.some(({ epochs }) => epochs >= last));
}

/** Returns the largest of numbers that are too many to be arguments of `Math.max`. */
function maximum(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), -Infinity);
}

/** Whether trials of a run continue the networks of earlier ones. */
function continuesNetworks(rows: readonly ResultRow[]): boolean {
  return rows.some(({ parent }) => parent !== undefined);
}

/** Returns the values of a metric of the completed trials; trials without it are left out. */
export function getMetricValues(rows: readonly ResultRow[], metric: MetricName): number[] {
  return rows
    .filter(({ status }) => status === "completed")
    .map((row) => getMetric(row, metric))
    .filter((value) => value !== undefined);
}

/** A configuration of a ranking: its trials and their results. */
export type RankedRows = ConfigurationRows & ConfigurationSummary;

/**
 * Returns the configurations of a run from best to worst, ranked as at the end of the run. `rows`: all ended
 * trials, because a diverged trial lowers the rank of its configuration.
 */
export function rankConfigurationRows({
  rows,
  metric,
  goal,
  repeats,
}: Pick<RunDescription, "rows" | "metric" | "goal"> &
  Partial<Pick<RunDescription, "repeats">>): RankedRows[] {
  const configurations = groupRankedConfigurations(rows, repeats).map((each) =>
    Object.assign(summarizeConfiguration(each.rows), each),
  );
  return sortConfigurations(configurations, metric, goal);
}
