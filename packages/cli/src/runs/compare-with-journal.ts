import { join } from "node:path";

import {
  collectTrialRecords,
  isLocked,
  readJournal,
  readRunFile,
  type ResultRow,
  type TrialRecord,
} from "@nn/results";
import { isRecord } from "@nn/training";

/** An ended trial in the journal that results.csv lacks, or has with another status or number of epochs. */
export interface MissingTrial extends TrialRecord {
  /** Whether results.csv has a row of an earlier attempt of the trial. */
  readonly isOutdated: boolean;
}

/** The rows of results.csv that agree with the journal, and what the journal has besides. */
export interface JournalComparison {
  readonly rows: readonly ResultRow[];
  readonly missing: readonly MissingTrial[];
  /** The number of the last trial of a sweep that its budget has ended. */
  readonly sweepEnd: number | undefined;
}

/**
 * Compares the rows of results.csv with the journal of a run. If a process has locked the run, no trial is
 * missing. Trials are missing after a run was killed or a row was changed. Throws RunDirectoryError if the
 * journal must be parsed completely and is damaged.
 */
export function compareWithJournal(run: string, rows: readonly ResultRow[]): JournalComparison {
  const journal = join(run, "journal.jsonl");
  const text = Buffer.from(readRunFile(journal)).toString("latin1");
  const hasEnd = text.includes('"event":"sweep-ended"');
  // Most journals need not be parsed completely: their ended trials are those of the table.
  const isComplete = isLocked(run) || hasSameEnds(text, rows);
  if (isComplete && !hasEnd) return { rows, missing: [], sweepEnd: undefined };
  const { events } = readJournal(journal);
  const sweepEnd = events.findLast((event) => event.event === "sweep-ended")?.after;
  if (isComplete) return { rows, missing: [], sweepEnd };

  const records = collectTrialRecords(events);
  const outdated = rows.filter((row) => {
    const record = records.get(row.trial);
    return record !== undefined && record.status !== "running" && !isSameEnd(row, record);
  });
  const current = rows.filter((row) => !outdated.includes(row));
  const known = new Set(current.map(({ trial }) => trial));
  const missing = [...records.values()]
    .filter(({ trial, status }) => status !== "running" && !known.has(trial))
    .map((record) =>
      Object.assign({}, record, { isOutdated: outdated.some(({ trial }) => trial === record.trial) }),
    );
  return { rows: current, missing, sweepEnd };
}

/** Whether the ended trials in the text of a journal are those of the rows. */
function hasSameEnds(journal: string, rows: readonly ResultRow[]): boolean {
  const lines = journal.split("\n").filter((line) => line.includes('"event":"trial-ended"'));
  if (lines.length !== rows.length) return false;
  const byTrial = new Map(rows.map((row) => [row.trial, row]));
  return lines.every((line) => {
    const end = parseLine(line);
    const row = byTrial.get(Number(end["trial"]));
    return row !== undefined && isSameEnd(row, end);
  });
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // The complete journal is then read, and its reader reports the line.
  }
}

function isSameEnd(
  row: ResultRow,
  { status, epochs }: { readonly status?: unknown; readonly epochs?: unknown },
): boolean {
  return row.status === status && row.epochs === epochs;
}

/** Says which trials of the journal results.csv lacks, and what to do. */
export function describeMissingTrials(run: string, missing: readonly MissingTrial[]): string {
  const listed = (outdated: boolean): string => {
    const numbers = missing.filter(({ isOutdated }) => isOutdated === outdated).map(({ trial }) => trial);
    return numbers.length === 0 ? "" : `${numbers.length === 1 ? "trial" : "trials"} ${numbers.join(", ")}`;
  };
  const [lacking, outdated] = [listed(false), listed(true)];
  const problems = [
    ...(lacking === "" ? [] : [`lacks ${lacking}, which journal.jsonl has`]),
    ...(outdated === "" ? [] : [`has other results of ${outdated} than journal.jsonl`]),
  ];
  return (
    `${join(run, "results.csv")} ${problems.join(", and ")}. Run the experiment again: it writes the table ` +
    "again"
  );
}
