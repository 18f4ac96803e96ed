import { join } from "node:path";
import { writeFileAtomically } from "../atomic-write.ts";
import { formatCsv, type Cell } from "./format-csv.ts";
import type { Metrics, ParameterValue } from "../events.ts";
import type { TrialRecord } from "../records.ts";

/** The columns of the size of a trial's network. Older versions did not write them. */
export const networkColumns = ["parameters", "multiplyAdds"] as const;
/** The columns of results.csv before those of the swept paths. */
export const columnsBeforeParameters = ["trial", "status", "seed"] as const;
/** The columns of results.csv after those of the swept paths. */
export const columnsAfterParameters = [
  "epochs",
  "bestEpoch",
  ...networkColumns,
  "train.loss",
  "train.accuracy",
  "validation.loss",
  "validation.accuracy",
  "test.loss",
  "test.accuracy",
] as const;
/** The last column, present if the trials of the run continue networks of earlier ones. */
export const parentColumn = "parent";

/**
 * Writes these records to results.csv, epochs.csv and timings.csv in a run directory, each by rename. Throws
 * RunDirectoryError.
 */
export function writeTables(
  folder: string,
  records: readonly TrialRecord[],
  sweptPaths: readonly string[],
  withParents: boolean,
): void {
  writeFileAtomically(join(folder, "results.csv"), formatResultsTable(records, sweptPaths, withParents));
  writeFileAtomically(join(folder, "epochs.csv"), formatEpochsTable(records));
  writeFileAtomically(join(folder, "timings.csv"), formatTimingsTable(records));
}

/**
 * Formats results.csv: one row per ended trial, in the order of trial numbers. A cell is empty if the trial
 * has no such value. The content does not depend on the machine or the number of workers. `withParents` adds
 * the parent column.
 */
export function formatResultsTable(
  records: Iterable<TrialRecord>,
  sweptPaths: readonly string[],
  withParents = false,
): string {
  const rows: Cell[][] = [];
  for (const record of inTrialOrder(records)) {
    if (record.status === "running") continue;
    const { trial, status, seed, parameters, parent, epochs, bestEpoch, network, train, validation, test } =
      record;
    const size = [network?.parameters, network?.multiplyAdds];
    const swept = sweptPaths.map((path) => formatParameterCell(parameters[path]));
    const metrics = [train, validation, test].flatMap(metricsCells);
    const last = withParents ? [parent] : [];
    rows.push([trial, status, seed, ...swept, epochs, bestEpoch, ...size, ...metrics, ...last]);
  }
  const last = withParents ? [parentColumn] : [];
  return formatCsv([...columnsBeforeParameters, ...sweptPaths, ...columnsAfterParameters, ...last], rows);
}

/**
 * Formats epochs.csv: one row per trial and epoch, including running trials. The content does not depend on
 * the machine.
 */
export function formatEpochsTable(records: Iterable<TrialRecord>): string {
  const rows = inTrialOrder(records).flatMap((record) =>
    record.history.map(({ epoch, train, validation }) => [
      record.trial,
      epoch,
      ...metricsCells(train),
      ...metricsCells(validation),
    ]),
  );
  return formatCsv(
    ["trial", "epoch", "train.loss", "train.accuracy", "validation.loss", "validation.accuracy"],
    rows,
  );
}

/**
 * Formats timings.csv, which contains the values that depend on the machine. It has one row per trial and
 * epoch, and one more row per ended trial. In the latter, the epoch is empty, so that the column stays
 * numeric. The seconds are from start to end, including evaluation and waiting, and imagesPerSecond is the
 * mean over the epochs.
 */
export function formatTimingsTable(records: Iterable<TrialRecord>): string {
  const rows: Cell[][] = [];
  for (const record of inTrialOrder(records)) {
    const { trial, worker } = record;
    for (const { epoch, seconds, imagesPerSecond } of record.history) {
      rows.push([trial, epoch, worker, seconds, imagesPerSecond]);
    }
    if (record.status !== "running") rows.push([trial, undefined, worker, record.seconds, meanSpeed(record)]);
  }
  return formatCsv(["trial", "epoch", "worker", "seconds", "imagesPerSecond"], rows);
}

/** Returns images per second over all epochs; undefined before the first epoch. */
function meanSpeed({ history }: TrialRecord): number | undefined {
  let images = 0;
  let seconds = 0;
  for (const epoch of history) {
    images += epoch.seconds * epoch.imagesPerSecond;
    seconds += epoch.seconds;
  }
  return seconds > 0 ? images / seconds : undefined;
}

function inTrialOrder(records: Iterable<TrialRecord>): TrialRecord[] {
  return [...records].sort((a, b) => a.trial - b.trial);
}

function metricsCells(metrics: Metrics | undefined): [loss: Cell, accuracy: Cell] {
  return [metrics?.loss, metrics?.accuracy];
}

/** Formats a swept value as a cell: text unchanged, any other value as JSON. */
export function formatParameterCell(value: ParameterValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
