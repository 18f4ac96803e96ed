import { stringify } from "csv-stringify/sync";
import type { Metrics, ParameterValue } from "./events.ts";
import type { TrialRecord } from "./records.ts";

/** How large the network of a trial is. Older versions did not write them. */
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
/** The last column, of a run whose trials go on with networks of earlier ones. */
export const parentColumn = "parent";

type Cell = string | number | undefined;

/**
 * results.csv: one row an ended trial, in trial order; an empty cell where a trial has no such value. Nothing
 * in it depends on the machine or on the number of workers. `withParents`: whether it has the column for
 * them.
 */
export function resultsTable(
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
    const swept = sweptPaths.map((path) => parameterCell(parameters[path]));
    const metrics = [train, validation, test].flatMap(metricsCells);
    const last = withParents ? [parent] : [];
    rows.push([trial, status, seed, ...swept, epochs, bestEpoch, ...size, ...metrics, ...last]);
  }
  const last = withParents ? [parentColumn] : [];
  return table([...columnsBeforeParameters, ...sweptPaths, ...columnsAfterParameters, ...last], rows);
}

/**
 * epochs.csv: one row a trial and epoch, also of trials that still run. Nothing in it depends on the machine.
 */
export function epochsTable(records: Iterable<TrialRecord>): string {
  const rows = inTrialOrder(records).flatMap((record) =>
    record.history.map(({ epoch, train, validation }) => [
      record.trial,
      epoch,
      ...metricsCells(train),
      ...metricsCells(validation),
    ]),
  );
  return table(
    ["trial", "epoch", "train.loss", "train.accuracy", "validation.loss", "validation.accuracy"],
    rows,
  );
}

/**
 * timings.csv: what depends on the machine. One row a trial and epoch, then, once a trial has ended, a row
 * for the whole of it: its epoch is empty (so that the column stays numeric), its seconds run from start to
 * end with evaluation and waiting, its imagesPerSecond is the mean over its epochs.
 */
export function timingsTable(records: Iterable<TrialRecord>): string {
  const rows: Cell[][] = [];
  for (const record of inTrialOrder(records)) {
    const { trial, worker } = record;
    for (const { epoch, seconds, imagesPerSecond } of record.history) {
      rows.push([trial, epoch, worker, seconds, imagesPerSecond]);
    }
    if (record.status !== "running") rows.push([trial, undefined, worker, record.seconds, meanSpeed(record)]);
  }
  return table(["trial", "epoch", "worker", "seconds", "imagesPerSecond"], rows);
}

/** All images over all seconds of the epochs; undefined before the first. */
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

/** A swept value as a cell: text as it is, a map as compact JSON, all else as JSON writes it. */
export function parameterCell(value: ParameterValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** Cells are made text here: csv-stringify's own way with true and false is "1" and "". */
function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? "" : String(cell))));
  return stringify([[...columns], ...cells], { record_delimiter: "\n", quote_record_delimiter: true });
}
