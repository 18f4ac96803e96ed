import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { writeFileAtomically } from "./atomic-write.ts";
import { wrapFileSystemErrors, formatAdvice, RunDirectoryError } from "./errors.ts";

/**
 * Result codes of SQLite, https://www.sqlite.org/rescode.html. The low byte of an extended code is the
 * primary code.
 */
const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteNotDatabase = 26;

/** The meanings of other result codes. The messages of SQLite are about a database. */
const meanings: Readonly<Record<number, string>> = {
  8: "the file is read-only",
  10: "the disk reports an error",
  14: "the file cannot be opened",
  26: "it is not a lock file",
};

/**
 * Locks a folder for one process. It opens an SQLite database exclusively, which acquires a file lock of the
 * system. The system releases the lock when the process ends, even after kill -9, so a lock is never stale.
 * Node's standard library has no other lock with this property.
 */
export class Lock {
  readonly #database: DatabaseSync;
  readonly #holderFile: string;

  /** Locks an existing folder. Throws RunDirectoryError at once if another process has locked it. */
  constructor(folder: string) {
    const path = join(folder, "lock");
    this.#holderFile = join(folder, "lock.json");
    this.#database = openDatabase(path, this.#holderFile);
    try {
      const holder = { pid: process.pid, started: new Date().toISOString() };
      writeFileAtomically(this.#holderFile, `${JSON.stringify(holder)}\n`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * Unlocks the folder. The lock file is not deleted. Otherwise, two processes could lock two different files
   * of this name.
   */
  release(): void {
    try {
      wrapFileSystemErrors("delete", this.#holderFile, () => rmSync(this.#holderFile, { force: true }));
    } finally {
      this.#database.close();
    }
  }
}

/** Whether a process has locked the folder. */
export function isLocked(folder: string): boolean {
  // A process writes this file right after locking the folder. A crash leaves it behind.
  if (!existsSync(join(folder, "lock.json"))) return false;
  try {
    // Acquires the lock for a moment. A run that starts at that moment waits.
    const database = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
    try {
      database.exec("BEGIN EXCLUSIVE");
      return false;
    } catch (error) {
      return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === sqliteBusy;
    } finally {
      database.close();
    }
  } catch {
    return false; // The folder cannot be locked, so no run is using it.
  }
}

/** Milliseconds to wait for another process that checks whether the folder is locked. */
const PATIENCE = 250;

function openDatabase(path: string, holderFile: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: PATIENCE });
    // This acquires the file lock. Nothing is written, so the file stays empty and has no rollback journal.
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    throw lockError(path, holderFile, error);
  }
}

function lockError(path: string, holderFile: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return error;
  const code = error.errcode & 0xff;
  if (code === sqliteBusy) {
    return new RunDirectoryError(
      "locked",
      `Another run is in progress in this folder${describeHolder(holderFile)}: ${path}. ` +
        `Wait until it ends, stop it, or choose another folder with --out.`,
      { cause: error },
    );
  }
  if (code === sqliteFull) {
    const advice =
      "Delete files on this disk that you no longer need, such as the folders of old runs, or empty the trash";
    return new RunDirectoryError(
      "file-system",
      `Cannot lock ${path}: no space is left on the disk. ${formatAdvice(path, advice)}`,
      { cause: error },
    );
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const isForeign = isFolder || code === sqliteNotDatabase;
  const inPlace = isFolder
    ? "Expected a file, got a folder: delete it"
    : isForeign
      ? "Another program wrote to this file: delete it"
      : "Make the folder writable";
  const advice = isForeign ? inPlace : `${inPlace}, or choose another folder with --out`;
  return new RunDirectoryError(
    "file-system",
    `Cannot lock ${path}: ${meanings[code] ?? error.message}. ${formatAdvice(path, advice, inPlace)}`,
    { cause: error },
  );
}

/**
 * Returns ` (process 4711, started 2026-05-04 13:37)`, or an empty string if the process has not yet written
 * its file.
 */
function describeHolder(holderFile: string): string {
  try {
    const holder: unknown = JSON.parse(readFileSync(holderFile, "utf8"));
    if (typeof holder !== "object" || holder === null || !("pid" in holder) || !("started" in holder))
      return "";
    return ` (process ${String(holder.pid)}, started ${localTime(String(holder.started))})`;
  } catch {
    // The message does not need the process.
    return "";
  }
}

/** Formats a time as local time, such as `2026-05-04 13:37`. Throws RangeError for an invalid time. */
function localTime(time: string): string {
  const shortSwedish = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
  return shortSwedish.format(new Date(time)); // this locale formats dates like ISO 8601
}
