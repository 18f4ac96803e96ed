import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { readResults, RunDirectoryError, wrapFileSystemErrors, type ResultRow } from "@nn/results";
import { metricOf, toMetricName, type MetricName } from "@nn/runner";
import { rank, type Goal } from "@nn/sweep";
import { isRecord } from "@nn/training";
import { parse, YAMLParseError } from "yaml";

/** A run as its files describe it. */
export interface RunDescription {
  /** Its folder. */
  readonly path: string;
  readonly name: string;
  readonly fingerprint: string;
  /** The resolved experiment, from experiment.yaml. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly metric: MetricName;
  readonly goal: Goal;
  readonly sweptPaths: readonly string[];
  /** The ended trials, from results.csv. */
  readonly rows: readonly ResultRow[];
}

/** Trials with the same swept values: the repeats of one configuration, in the order of results.csv. */
export interface ConfigurationRows {
  readonly parameters: ResultRow["parameters"];
  readonly rows: readonly ResultRow[];
}

/** Reads the files of a run. Throws RunDirectoryError if one of them is missing or damaged. */
export function describeRun(path: string): RunDescription {
  const table = join(path, "results.csv");
  // A run that has just started has no tables yet.
  const { sweptPaths, rows } = existsSync(table) ? readResults(table) : { sweptPaths: [], rows: [] };
  const experiment = readExperiment(join(path, "experiment.yaml"));
  const sweep = isRecord(experiment["sweep"]) ? experiment["sweep"] : {};
  const { metric, goal } = sweep;
  const name = typeof metric === "string" ? metric : "validation.accuracy";
  const byLoss = name.endsWith(".loss");
  return {
    path,
    name: basename(dirname(path)),
    fingerprint: basename(path),
    experiment,
    metric: toMetricName(name),
    goal: goal === "minimize" || (goal !== "maximize" && byLoss) ? "minimize" : "maximize",
    sweptPaths,
    rows,
  };
}

/** Reads the YAML of a resolved experiment. Throws RunDirectoryError. */
function readExperiment(file: string): Readonly<Record<string, unknown>> {
  const text = wrapFileSystemErrors("read", file, () => readFileSync(file, "utf8"));
  const problem = (what: string): RunDirectoryError =>
    new RunDirectoryError("corrupt", `${file}: ${what}. Run the experiment again; it writes the file anew.`);
  try {
    const data: unknown = parse(text);
    if (isRecord(data)) return data;
  } catch (error) {
    if (error instanceof YAMLParseError) throw problem(error.message.split("\n")[0]!.replace(/:$/, ""));
    throw error;
  }
  throw problem("expected a map of keys");
}

/** Groups trials by their swept values, in the order of the first trial of each configuration. */
export function configurationsOf(rows: readonly ResultRow[]): ConfigurationRows[] {
  const groups = Map.groupBy(rows, ({ parameters }) => JSON.stringify(parameters));
  return [...groups.values()].map((group) => ({ parameters: group[0]!.parameters, rows: group }));
}

/** Returns the values of a metric of the completed trials; trials without it are left out. */
export function valuesOf(rows: readonly ResultRow[], metric: MetricName): number[] {
  return rows
    .filter(({ status }) => status === "completed")
    .map((row) => metricOf(row, metric))
    .filter((value) => value !== undefined);
}

/**
 * Returns the configurations of a run from best to worst by the mean of its metric over the completed trials.
 * As in the ranking of the run, those with a diverged trial follow the others.
 */
export function rankedConfigurations({
  rows,
  metric,
  goal,
}: Pick<RunDescription, "rows" | "metric" | "goal">): ConfigurationRows[] {
  const mean = (each: ConfigurationRows): number | undefined => {
    const values = valuesOf(each.rows, metric);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value) / values.length;
  };
  // Where trials continue the networks of earlier ones, only those that reach the last epoch count.
  const last = rows.some(({ parent }) => parent !== undefined)
    ? Math.max(...rows.map((row) => row.epochs))
    : 0;
  const whole = rows.filter(({ epochs }) => epochs >= last);
  const hasDiverged = ({ rows: own }: ConfigurationRows): number =>
    own.some(({ status }) => status === "diverged") ? 1 : 0;
  return rank(configurationsOf(whole), mean, goal).sort((a, b) => hasDiverged(a) - hasDiverged(b));
}
