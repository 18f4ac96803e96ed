import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { NullableNumber, ReportData, ReportMetrics, ReportTrial, SweptParameter } from "@nn/report";
import {
  readJournal,
  collectTrialRecords,
  type EpochRecord,
  wrapFileSystemErrors,
  type Metrics,
  type ResultRow,
  type TrialRecord,
} from "@nn/results";
import { isAdaptive, samplers } from "@nn/sweep";
import { isRecord } from "@nn/training";

import { quoteForShell } from "../commands/command-line.ts";
import { describeRun, groupByConfiguration, rankConfigurationRows } from "../runs/run-description.ts";
import { formatValue } from "../terminal/format.ts";
import { rankTrials } from "./rank-trials.ts";

/** The content of the tables and the journal of a run. */
export type RunData = Omit<ReportData, "evaluation" | "learningRate" | "runComparison">;

/**
 * Reads the files of a run: results.csv, the journal, experiment.yaml and environment.json. Throws
 * RunDirectoryError if one is missing or damaged.
 */
export function readRun(folder: string): RunData {
  const description = describeRun(folder);
  const { experiment: resolved, rows, sweptPaths, goal, repeats } = description;
  const { events } = readJournal(join(folder, "journal.jsonl"));
  const records = collectTrialRecords(events);
  const experimentFile = join(folder, "experiment.yaml");
  const experiment = wrapFileSystemErrors("read", experimentFile, () => readFileSync(experimentFile, "utf8"));
  const sweep = recordOf(resolved["sweep"]);
  const metric = usableMetric(description.metric, rows);
  const started = events.find((event) => event.event === "run");
  const name = toText(resolved["name"]) ?? description.name;
  const run = `${name}/${started?.fingerprint ?? description.fingerprint}`;
  const sampler = recordOf(sweep["sampler"]);

  const indices = new Map(
    groupByConfiguration(rows, repeats).flatMap((each, configuration) =>
      each.rows.map(({ trial }) => [trial, configuration]),
    ),
  );
  const trials = rows.map((row) => readTrial(row, records, indices.get(row.trial)!, sweptPaths));
  const ranking = rankConfigurationRows({ rows, metric, goal, repeats }).map((each) =>
    indices.get(each.rows[0]!.trial)!,
  );
  return {
    name,
    description: toText(resolved["description"]) ?? null,
    run,
    metric,
    goal,
    sampler: toText(sampler["type"]) ?? null,
    isAdaptive: isAdaptiveSampler(sampler),
    pruner: toText(recordOf(sweep["pruner"])["type"]) ?? null,
    validatesOnTest: recordOf(resolved["dataset"])["validation"] === "test",
    parameters: getSweptParameters(sweptPaths, trials, recordOf(sweep["parameters"])),
    trials: withNumbers(trials, sweptPaths),
    ...rankTrials(trials, ranking, metric),
    experiment,
    environment: readEnvironmentRows(folder),
    // In the folder of the run, all trials are already done, so nothing would be trained.
    command: `pnpm run experiment ${quoteForShell(`results/${run}/experiment.yaml`)} --out results/again`,
  };
}

/** Without held-out images, there are no validation metrics. Then the test accuracy is shown. */
function usableMetric(metric: ReportData["metric"], rows: readonly ResultRow[]): ReportData["metric"] {
  if (!metric.startsWith("validation.") || rows.some(({ validation }) => validation !== undefined))
    return metric;
  return metric.endsWith("loss") ? "test.loss" : "test.accuracy";
}

function readTrial(
  row: ResultRow,
  records: ReadonlyMap<number, TrialRecord>,
  configuration: number,
  sweptPaths: readonly string[],
): ReportTrial {
  const record = records.get(row.trial);
  const own = record?.history ?? [];
  const history = [...readHistoryBefore(own[0]?.epoch ?? 0, row.parent, records), ...own];
  const validated = history.some(({ validation }) => validation !== undefined) ? history : [];
  const seconds = own.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return {
    number: row.trial,
    configuration,
    status: row.status,
    seed: row.seed,
    values: sweptPaths.map((path) => parseCell(row.parameters[path])),
    epochs: row.epochs,
    ownEpochs: own.length,
    bestEpoch: row.bestEpoch ?? null,
    parameters: row.network?.parameters ?? null,
    multiplyAdds: row.network?.multiplyAdds ?? null,
    train: roundMetrics(row.train),
    validation: roundMetrics(row.validation),
    test: roundMetrics(row.test),
    seconds: record === undefined ? null : round(record.seconds ?? seconds),
    parent: row.parent ?? null,
    reason: record?.reason ?? null,
    history: {
      epoch: history.map(({ epoch }) => epoch),
      trainLoss: history.map(({ train }) => round(train.loss)),
      trainAccuracy: history.map(({ train }) => round(train.accuracy)),
      validationLoss: validated.map(({ validation }) => round(validation?.loss)),
      validationAccuracy: validated.map(({ validation }) => round(validation?.accuracy)),
    },
  };
}

/** Returns the epochs of the trials that a trial continues, up to its own first epoch. */
function readHistoryBefore(
  epoch: number,
  parent: number | undefined,
  records: ReadonlyMap<number, TrialRecord>,
): EpochRecord[] {
  const record = parent === undefined ? undefined : records.get(parent);
  if (record === undefined) return [];
  const own = record.history.filter((each) => each.epoch < epoch);
  return [...readHistoryBefore(own[0]?.epoch ?? 0, record.parent, records), ...own];
}

/** Returns the content of a cell, or null if it is empty. A block is shown as its type and options. */
function parseCell(cell: string | undefined): string | null {
  return cell === undefined || cell === "" ? null : formatValue(cell);
}

function roundMetrics(metrics: Metrics | undefined): ReportMetrics | null {
  if (metrics === undefined) return null;
  return { loss: toFinite(metrics.loss), accuracy: toFinite(metrics.accuracy) };
}

function toFinite(value: number | undefined): NullableNumber {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Rounds to six digits; a chart cannot show more. */
function round(value: number | undefined): NullableNumber {
  const number = toFinite(value);
  return number === null ? null : Number(number.toPrecision(6));
}

function getSweptParameters(
  paths: readonly string[],
  trials: readonly ReportTrial[],
  domains: Readonly<Record<string, unknown>>,
): SweptParameter[] {
  return paths.map((path, index) => ({
    path,
    label: shortName(path, paths),
    scale: isNumeric(trials, index) ? getScale(recordOf(domains[path]), trials, index) : "category",
    range: isNumeric(trials, index) ? getRange(recordOf(domains[path])) : null,
  }));
}

function getRange({ type, min, max }: Readonly<Record<string, unknown>>): SweptParameter["range"] {
  if (type !== "float" && type !== "int") return null;
  return typeof min === "number" && typeof max === "number" ? { type, min, max } : null;
}

function isNumeric(trials: readonly ReportTrial[], index: number): boolean {
  const values = trials.map(({ values }) => values[index]).filter((value) => value !== null);
  return (
    values.length > 0 &&
    values.every((value) => String(value).trim() !== "" && Number.isFinite(Number(value)))
  );
}

/** The scale in the experiment file. For a list: log if its values are positive and span two decades. */
function getScale(
  domain: Readonly<Record<string, unknown>>,
  trials: readonly ReportTrial[],
  index: number,
): "linear" | "log" {
  if (domain["scale"] === "log") return "log";
  if (domain["type"] === "float" || domain["type"] === "int") return "linear";
  const values = trials.flatMap(({ values }) => (values[index] == null ? [] : [Number(values[index])]));
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return min > 0 && max / min >= 100 ? "log" : "linear";
}

/** Returns the trials with the values of numeric parameters as numbers. */
function withNumbers(trials: readonly ReportTrial[], paths: readonly string[]): ReportTrial[] {
  const numeric = paths.map((_, index) => isNumeric(trials, index));
  return trials.map((trial) => ({
    ...trial,
    values: trial.values.map((value, index) =>
      numeric[index] === true && value !== null ? Number(value) : value,
    ),
  }));
}

/** `model.layers[1].units` → `units`, or more of its end if another path ends like it. */
function shortName(path: string, paths: readonly string[]): string {
  const steps = path.split(".");
  // `type` alone is not a meaningful name.
  for (let length = steps.at(-1) === "type" ? 2 : 1; length < steps.length; length++) {
    const end = steps.slice(-length).join(".");
    if (paths.every((other) => other === path || !(other === end || other.endsWith(`.${end}`)))) return end;
  }
  return path;
}

function isAdaptiveSampler(sampler: Readonly<Record<string, unknown>>): boolean {
  const { type } = sampler;
  return (
    typeof type === "string" && samplers.has(type) && isAdaptive({ sampler: { ...sampler, type }, samplers })
  );
}

const labels: readonly (readonly [key: string, label: string])[] = [
  ["version", "version"],
  ["commit", "commit"],
  ["node", "Node"],
  ["platform", "platform"],
  ["processor", "processor"],
  ["cores", "cores"],
  ["kernels", "kernels"],
  ["threads", "threads per trial"],
];

/** Returns the program, machine and data in environment.json, without the paths of this machine. */
function readEnvironmentRows(folder: string): [string, string][] {
  const environment = readEnvironmentFile(join(folder, "environment.json"));
  const facts = labels.flatMap(([key, label]): [string, string][] => {
    const value = environment[key];
    return typeof value === "string" || typeof value === "number" ? [[label, String(value)]] : [];
  });
  const data = Array.isArray(environment["data"]) ? environment["data"].filter(isRecord) : [];
  return [
    ...facts,
    ...data.map(({ name, sha256 }): [string, string] => [
      "data",
      `${String(name)}, SHA-256 ${String(sha256)}`,
    ]),
  ];
}

function readEnvironmentFile(path: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // The run writes a damaged file again. The report leaves it out.
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
