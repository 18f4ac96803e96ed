import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { isTemporaryFile, writeFileAtomically } from "./atomic-write.ts";
import { wrapFileSystemErrors, RunDirectoryError } from "./errors.ts";
import { formatEvent, parseEvent } from "./event-lines.ts";
import type { DatasetRecord, JournalEvent, SweepEndedEvent } from "./events.ts";
import { Journal, readJournal } from "./journal.ts";
import { linkLatest } from "./latest.ts";
import { Lock } from "./lock.ts";
import { makeFolder } from "./make-folder.ts";
import { applyEvent, collectTrialRecords, type TrialRecord } from "./records.ts";
import { writeTables } from "./tables/write-tables.ts";
import { WorkThrottle } from "./work-throttle.ts";

/** Options of `openRunDirectory`. */
export interface RunDirectoryOptions {
  /** `results/<name>`. The run directory is its subfolder `<fingerprint>`. Both are created if missing. */
  readonly folder: string;
  readonly fingerprint: string;
  readonly name: string;
  /** The parameter columns of results.csv. */
  readonly sweptPaths: readonly string[];
  /** Whether trials continue the networks of earlier ones. If so, results.csv has a parent column. */
  readonly withParents?: boolean;
  /** Files that describe the run and its machine. They are rewritten at each start. */
  readonly files: { readonly "experiment.yaml": string; readonly "environment.json": string };
  /** Whether to delete all results of earlier runs, once the folder is locked. */
  readonly fresh?: boolean;
  /** Returns the time in milliseconds, for `refreshTables`. Tests replace it. */
  readonly clock?: () => number;
}

/**
 * What a run writes into its folder besides environment.json and experiment.yaml, which are written again.
 * The journal comes first: see `#clear`.
 */
const RESULT_NAMES = [
  "journal.jsonl",
  "results.csv",
  "epochs.csv",
  "timings.csv",
  "best.yaml",
  "refit.yaml",
  "profile.json",
  "trace.json",
  "tensorboard",
  "trials",
];

/** Maximum fraction of the time that `refreshTables` takes. */
const tablesShare = 0.03;

/**
 * Opens the run directory for this process. Creates and locks it, reads its journal, drops an incomplete last
 * line, writes the other files, and points `latest` to it. Throws RunDirectoryError. Recorded results are
 * kept in any case.
 */
export function openRunDirectory(options: RunDirectoryOptions): RunDirectory {
  return new RunDirectory(options);
}

/** The files of a run in progress. Every method throws RunDirectoryError if a write fails. */
export class RunDirectory {
  /** The absolute path. */
  readonly path: string;
  readonly #sweptPaths: readonly string[];
  readonly #withParents: boolean;
  readonly #lock: Lock;
  readonly #journal: Journal;
  readonly #records: Map<number, TrialRecord>;
  readonly #data: Map<string, DatasetRecord>;
  #sweepEnd: SweepEndedEvent | undefined;
  readonly #tables: WorkThrottle;
  #eventCount: number;
  /** Initially true, because after a crash, the tables may be older than the journal. */
  #tablesAreOld = true;

  constructor(options: RunDirectoryOptions) {
    this.path = resolve(options.folder, options.fingerprint);
    this.#sweptPaths = options.sweptPaths;
    this.#withParents = options.withParents ?? false;
    this.#tables = new WorkThrottle(tablesShare, options.clock ?? (() => performance.now()));
    makeFolder(this.path);
    this.#lock = new Lock(this.path);
    try {
      if (options.fresh === true) this.#clear();
      this.#sweepTemporaryFiles();
      this.#journal = new Journal(join(this.path, "journal.jsonl"));
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    try {
      checkSameRun(this.#journal, options.fingerprint);
      this.#records = collectTrialRecords(this.#journal.events);
      this.#data = dataOf(this.#journal.events);
      this.#sweepEnd = this.#journal.events.findLast((event) => event.event === "sweep-ended");
      this.#eventCount = this.#journal.events.length;
      for (const [name, content] of Object.entries(options.files))
        writeFileAtomically(join(this.path, name), content);
      const { fingerprint, name } = options;
      if (this.#eventCount === 0) this.append({ event: "run", format: 1, fingerprint, name });
      linkLatest(resolve(options.folder), fingerprint);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The record of each trial by number. This is a live view. */
  get records(): ReadonlyMap<number, TrialRecord> {
    return this.#records;
  }

  /** The recorded data sets of the trials, by name. */
  get data(): ReadonlyMap<string, DatasetRecord> {
    return this.#data;
  }

  /** Throws RunDirectoryError if recorded trials were trained on other data with this name. */
  checkData(data: DatasetRecord): void {
    if (this.#records.size > 0) checkSameData(this.path, this.#data, data);
  }

  /** Records a data set of the trials, unless it is already recorded. Throws like `checkData`. */
  recordData(data: DatasetRecord): void {
    this.checkData(data);
    const recorded = this.#data.get(data.name);
    if (recorded !== undefined && isSameData(recorded, data)) return;
    this.append({ event: "data", ...data });
    this.#data.set(data.name, data);
  }

  /** The early end of the sweep, if any. */
  get sweepEnd(): Pick<SweepEndedEvent, "after" | "reason"> | undefined {
    return this.#sweepEnd;
  }

  /**
   * Records that the sweep ends after trial `after`, unless this is already recorded. Deletes the folders of
   * later trials.
   */
  endSweep(after: number, reason: string): void {
    if (this.#sweepEnd?.after !== after || this.#records.keys().some((trial) => trial > after)) {
      this.append({ event: "sweep-ended", after, reason });
      this.#sweepEnd = { event: "sweep-ended", after, reason };
    }
    const folder = join(this.path, "trials");
    wrapFileSystemErrors("delete", folder, () => {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        if (Number(name) > after) rmSync(join(folder, name), { recursive: true, force: true });
      }
    });
  }

  /**
   * Records an event. The event survives a kill of this process after `append` returns, and a power failure
   * after `synced` resolves. The record is parsed from the written line, so that a resumed run sees the same
   * values.
   */
  append(event: JournalEvent): void {
    const asWritten = parseEvent(formatEvent(event));
    // An invalid event is a bug of the caller and must not be written to the journal.
    const before = this.#changedBy(asWritten);
    applyEvent(this.#records, asWritten, this.#eventCount);
    try {
      this.#journal.append(asWritten);
    } catch (error) {
      for (const [trial, record] of before) {
        if (record === undefined) this.#records.delete(trial);
        else this.#records.set(trial, record);
      }
      throw error;
    }
    this.#eventCount += 1;
    this.#tablesAreOld = true;
  }

  /**
   * Resolves when all records so far are on the disk. The terminal waits for it. Rejects with
   * RunDirectoryError.
   */
  synced(): Promise<void> {
    return this.#journal.synced();
  }

  /** Returns the current records that the event may change. */
  #changedBy(event: JournalEvent): [trial: number, record: TrialRecord | undefined][] {
    if (event.event === "sweep-ended") return [...this.#records];
    return "trial" in event ? [[event.trial, this.#records.get(event.trial)]] : [];
  }

  /**
   * Writes results.csv, epochs.csv and timings.csv, each by rename. Call it when the run ends, even after an
   * error.
   */
  writeTables(): void {
    if (!this.#tablesAreOld) return;
    const records = [...this.#records.values()];
    this.#tables.spend(() => writeTables(this.path, records, this.#sweptPaths, this.#withParents));
    this.#tablesAreOld = false;
  }

  /**
   * Calls `writeTables`, unless that would take too large a fraction of the run's time. Call it after any
   * event.
   */
  refreshTables(): void {
    if (this.#tables.due()) this.writeTables();
  }

  /** Returns the folder `trials/<n>/`. Creates it if missing. */
  trialFolder(trial: number): string {
    const folder = join(this.path, "trials", String(trial));
    makeFolder(folder);
    return folder;
  }

  /** Closes the journal and releases the lock. Does not write the tables. */
  close(): void {
    try {
      this.#journal.close();
    } finally {
      this.#lock.release();
    }
  }

  /**
   * Deletes all results. The journal is deleted first, so that after an interruption, no trial counts as
   * completed without its files.
   */
  #clear(): void {
    for (const name of RESULT_NAMES) {
      const path = join(this.path, name);
      wrapFileSystemErrors("delete", path, () => rmSync(path, { recursive: true, force: true }));
    }
  }

  /** Removes the temporary files of killed processes, also in the folders of the trials. */
  #sweepTemporaryFiles(): void {
    const names = wrapFileSystemErrors("read", this.path, () =>
      readdirSync(this.path, { recursive: true, encoding: "utf8" }),
    );
    for (const name of names.filter(isTemporaryFile)) {
      const path = join(this.path, name);
      wrapFileSystemErrors("delete", path, () => rmSync(path, { force: true }));
    }
  }
}

/**
 * Returns the data sets by name. If a name has several records, the last one is used: data changes only while
 * the journal has no trials.
 */
function dataOf(events: readonly JournalEvent[]): Map<string, DatasetRecord> {
  return new Map(
    events.filter((event) => event.event === "data").map(({ event: _event, ...data }) => [data.name, data]),
  );
}

/**
 * Throws RunDirectoryError if trials in the journal of this run were trained on other data of the same name.
 * Reads the journal without opening the run.
 */
export function checkRecordedData(path: string, data: readonly DatasetRecord[]): void {
  const { events } = readJournal(join(path, "journal.jsonl"));
  if (collectTrialRecords(events).size === 0) return;
  for (const each of data) checkSameData(path, dataOf(events), each);
}

function checkSameData(
  path: string,
  recorded: ReadonlyMap<string, DatasetRecord>,
  data: DatasetRecord,
): void {
  const before = findRecordedData([...recorded.values()], data);
  if (before === undefined || isSameData(before, data)) return;
  throw new RunDirectoryError(
    "other-data",
    `${path} has results of other data.\n` +
      `  there  ${describeData(before, data)}\n` +
      `  now    ${describeData(data, before)}\n` +
      `Start over with --fresh, keep both with another --out, or resume with the recorded data.`,
  );
}

/**
 * Returns the record of a data set among those of a run, if there is one. Runs of earlier versions have names
 * without options, such as `csv ./a.csv` instead of `csv ./a.csv (label: last)`. `others`: names of data sets
 * that have a record of their own.
 */
export function findRecordedData(
  recorded: readonly DatasetRecord[],
  { name }: DatasetRecord,
  others: readonly string[] = [],
): DatasetRecord | undefined {
  const base = name.slice(0, Math.max(0, name.lastIndexOf(" (")));
  const named = (wanted: string): DatasetRecord | undefined => recorded.find((each) => each.name === wanted);
  return named(name) ?? (others.includes(base) ? undefined : named(base));
}

/** Whether the content is the same, and the class names are the same if both have them. */
export function isSameData(recorded: DatasetRecord, data: DatasetRecord): boolean {
  if (recorded.sha256 !== data.sha256) return false;
  if (recorded.classes === undefined || data.classes === undefined) return true;
  return JSON.stringify(recorded.classes) === JSON.stringify(data.classes);
}

/** Describes a data set by its content. If `other` has the same content, describes it by its class names. */
function describeData({ name, source, sha256, classes = [] }: DatasetRecord, other: DatasetRecord): string {
  const difference =
    sha256 === other.sha256 ? `classes ${classes.join(", ")}` : `SHA-256 ${sha256.slice(0, 12)}…`;
  return `${name} from ${source}, ${difference}`;
}

/**
 * Throws RunDirectoryError if the journal belongs to another experiment. `Journal` checks that its first
 * event is "run".
 */
function checkSameRun(journal: Journal, fingerprint: string): void {
  const [first] = journal.events;
  if (first?.event !== "run" || first.fingerprint === fingerprint) return;
  throw new RunDirectoryError(
    "corrupt",
    `${journal.path}, line 1: expected the fingerprint ${fingerprint} (the name of the folder), ` +
      `got ${first.fingerprint}. The journal belongs to another experiment: move it away, or start over with --fresh.`,
  );
}
