import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFile, writeFileAtomically } from "./atomic-write.ts";
import { explained, RunDirectoryError } from "./errors.ts";
import { formatEvent, parseEvent } from "./event-lines.ts";
import type { DataIdentity, JournalEvent, SweepEndedEvent } from "./events.ts";
import { Journal } from "./journal.ts";
import { pointLatest } from "./latest.ts";
import { Lock } from "./lock.ts";
import { makeFolder } from "./make-folder.ts";
import { applyEvent, trialsOf, type TrialRecord } from "./records.ts";
import { epochsTable, resultsTable, timingsTable } from "./tables.ts";
import { TimeShare } from "./time-share.ts";

/** Options of `openRunDirectory`. */
export interface RunDirectoryOptions {
  /** `results/<name>`; the run directory is the folder `fingerprint` in it. Both are made where missing. */
  readonly folder: string;
  readonly fingerprint: string;
  readonly name: string;
  /** The parameter columns of results.csv. */
  readonly sweptPaths: readonly string[];
  /** Whether its trials go on with networks of earlier ones, so that results.csv says with which. */
  readonly withParents?: boolean;
  /** Files that say what ran and where, written anew at each start. */
  readonly files: { readonly "experiment.yaml": string; readonly "environment.json": string };
  /** Deletes the journal, the tables and the trials of earlier runs, once the lock is held. */
  readonly fresh?: boolean;
  /** Milliseconds, for `refreshTables`; a test passes its own. */
  readonly clock?: () => number;
}

/** Share of the time that `refreshTables` may take. */
const tablesShare = 0.03;

/**
 * Takes the run directory for this process: makes it, locks it, reads its journal, drops a torn last line,
 * freezes the files beside it and points `latest` at it. Throws RunDirectoryError; nothing that was recorded
 * is touched then.
 */
export function openRunDirectory(options: RunDirectoryOptions): RunDirectory {
  return new RunDirectory(options);
}

/**
 * The one owner of a run's files while the run lasts. Every method throws RunDirectoryError when the disk
 * refuses.
 */
export class RunDirectory {
  /** Absolute. */
  readonly path: string;
  readonly #sweptPaths: readonly string[];
  readonly #withParents: boolean;
  readonly #lock: Lock;
  readonly #journal: Journal;
  readonly #records: Map<number, TrialRecord>;
  readonly #data: Map<string, DataIdentity>;
  #sweepEnd: SweepEndedEvent | undefined;
  readonly #tables: TimeShare;
  #eventCount: number;
  /** The tables may be older than the journal, by a crash between the two. */
  #tablesAreOld = true;

  constructor(options: RunDirectoryOptions) {
    this.path = resolve(options.folder, options.fingerprint);
    this.#sweptPaths = options.sweptPaths;
    this.#withParents = options.withParents ?? false;
    this.#tables = new TimeShare(tablesShare, options.clock ?? (() => performance.now()));
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
      this.#records = trialsOf(this.#journal.events);
      this.#data = dataOf(this.#journal.events);
      this.#sweepEnd = this.#journal.events.findLast((event) => event.event === "sweep-ended");
      this.#eventCount = this.#journal.events.length;
      for (const [name, content] of Object.entries(options.files))
        writeFileAtomically(join(this.path, name), content);
      const { fingerprint, name } = options;
      if (this.#eventCount === 0) this.append({ event: "run", format: 1, fingerprint, name });
      pointLatest(resolve(options.folder), fingerprint);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What is recorded of each trial, by number; follows `append`. */
  get records(): ReadonlyMap<number, TrialRecord> {
    return this.#records;
  }

  /** The data sets that the trials were trained on, as far as recorded, by name. */
  get data(): ReadonlyMap<string, DataIdentity> {
    return this.#data;
  }

  /** Makes sure that no recorded trial was trained on other data of this name. Throws RunDirectoryError. */
  checkData(data: DataIdentity): void {
    const recorded = this.#data.get(data.name);
    if (recorded === undefined || isSame(recorded, data) || this.#records.size === 0) return;
    throw new RunDirectoryError(
      "other-data",
      `${this.path} has results of other data.\n` +
        `  there  ${describeData(recorded)}\n` +
        `  now    ${describeData(data)}\n` +
        `Start over with --fresh, keep both with another --out, or go on with the data it was begun with.`,
    );
  }

  /**
   * Records what the trials to come are trained on, where it is not recorded. Throws what `checkData` throws.
   */
  recordData(data: DataIdentity): void {
    this.checkData(data);
    const recorded = this.#data.get(data.name);
    if (recorded !== undefined && isSame(recorded, data)) return;
    this.append({ event: "data", ...data });
    this.#data.set(data.name, data);
  }

  /** Where the sweep has ended before its last trial, if it has. */
  get sweepEnd(): Pick<SweepEndedEvent, "after" | "reason"> | undefined {
    return this.#sweepEnd;
  }

  /**
   * Records that no trial after this one counts, where it is not recorded, and takes away the folders of
   * those.
   */
  endSweep(after: number, reason: string): void {
    if (this.#sweepEnd?.after !== after || this.#records.keys().some((trial) => trial > after)) {
      this.append({ event: "sweep-ended", after, reason });
      this.#sweepEnd = { event: "sweep-ended", after, reason };
    }
    const folder = join(this.path, "trials");
    explained("delete", folder, () => {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        if (Number(name) > after) rmSync(join(folder, name), { recursive: true, force: true });
      }
    });
  }

  /**
   * Records an event; when this returns, it outlives this process, and when `confirmed` resolves, a power
   * cut. The record is made from the line as written, so that a run that goes on and one that was resumed see
   * the same values.
   */
  append(event: JournalEvent): void {
    const asWritten = parseEvent(formatEvent(event));
    // An event that does not fit is a defect of the caller: it must not get into the journal.
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
   * Resolves when the disk has all that was recorded before: what a person is shown waits for it. Rejects
   * with RunDirectoryError.
   */
  confirmed(): Promise<void> {
    return this.#journal.confirmed();
  }

  /** The records that the event may change, as they are. */
  #changedBy(event: JournalEvent): [trial: number, record: TrialRecord | undefined][] {
    if (event.event === "sweep-ended") return [...this.#records];
    return "trial" in event ? [[event.trial, this.#records.get(event.trial)]] : [];
  }

  /**
   * Brings results.csv, epochs.csv and timings.csv up to date, each by rename. Call it when the run ends,
   * however it ends.
   */
  writeTables(): void {
    if (!this.#tablesAreOld) return;
    const records = [...this.#records.values()];
    this.#tables.spend(() => {
      const results = resultsTable(records, this.#sweptPaths, this.#withParents);
      writeFileAtomically(join(this.path, "results.csv"), results);
      writeFileAtomically(join(this.path, "epochs.csv"), epochsTable(records));
      writeFileAtomically(join(this.path, "timings.csv"), timingsTable(records));
    });
    this.#tablesAreOld = false;
  }

  /**
   * `writeTables`, put off while it would take more than a small share of the run's time. Call it after any
   * event.
   */
  refreshTables(): void {
    if (this.#tables.due()) this.writeTables();
  }

  /** `trials/<n>/`, made where missing. */
  trialFolder(trial: number): string {
    const folder = join(this.path, "trials", String(trial));
    makeFolder(folder);
    return folder;
  }

  /** Closes the journal and frees the lock. Does not write the tables. */
  close(): void {
    try {
      this.#journal.close();
    } finally {
      this.#lock.release();
    }
  }

  /** The journal goes first: were this interrupted, no trial would count as done whose files are gone. */
  #clear(): void {
    for (const name of ["journal.jsonl", "results.csv", "epochs.csv", "timings.csv", "trials"]) {
      const path = join(this.path, name);
      explained("delete", path, () => rmSync(path, { recursive: true, force: true }));
    }
  }

  /** Removes what killed processes left of unfinished writes, here and in the trials' folders. */
  #sweepTemporaryFiles(): void {
    const names = explained("read", this.path, () =>
      readdirSync(this.path, { recursive: true, encoding: "utf8" }),
    );
    for (const name of names.filter(temporaryFile)) {
      const path = join(this.path, name);
      explained("delete", path, () => rmSync(path, { force: true }));
    }
  }
}

/** By name; the last counts, as only a journal without trials gets another. */
function dataOf(events: readonly JournalEvent[]): Map<string, DataIdentity> {
  return new Map(
    events.filter((event) => event.event === "data").map(({ event: _event, ...data }) => [data.name, data]),
  );
}

/** Of the same content and, where both say them, with the same names of classes. */
function isSame(recorded: DataIdentity, data: DataIdentity): boolean {
  if (recorded.sha256 !== data.sha256) return false;
  if (recorded.classes === undefined || data.classes === undefined) return true;
  return JSON.stringify(recorded.classes) === JSON.stringify(data.classes);
}

function describeData({ name, source, sha256 }: DataIdentity): string {
  return `${name} from ${source}, SHA-256 ${sha256.slice(0, 12)}…`;
}

/** The first event of a journal is its run: `Journal` has made sure of that. */
function checkSameRun(journal: Journal, fingerprint: string): void {
  const [first] = journal.events;
  if (first?.event !== "run" || first.fingerprint === fingerprint) return;
  throw new RunDirectoryError(
    "corrupt",
    `${journal.path}, line 1: expected the fingerprint ${fingerprint}, which is the folder's name, ` +
      `got ${first.fingerprint}. The journal belongs to another experiment: move it away, or start over with --fresh.`,
  );
}
