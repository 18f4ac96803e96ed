import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { syncFolder, systemDisk, type Disk } from "./atomic-write.ts";
import { EventError, formatEvent, parseEvent } from "./event-lines.ts";
import type { JournalEvent } from "./events.ts";
import { wrapFileSystemErrors, toFileSystemError, RunDirectoryError } from "./errors.ts";
import { EventOrderError, collectTrialRecords } from "./records.ts";

const lineEnd = 0x0a;

/**
 * The file journal.jsonl, open for appending, with one line per event. A line written by `append` survives a
 * kill of this process. After `synced` resolves, it also survives a power failure. The terminal shows events
 * only after that. `append` does not wait for the disk, because syncing many lines takes as long as syncing
 * one.
 */
export class Journal {
  readonly path: string;
  /** The events in the file when it was opened. */
  readonly events: readonly JournalEvent[];
  readonly #disk: Disk;
  readonly #file: number;
  #size: number;
  /** Number of synced bytes. */
  #syncedSize: number;
  /** The sync in progress. */
  #current: Promise<void> = Promise.resolve();
  /** The next sync, for lines that were written after the current sync started. */
  #next: Promise<void> | undefined;
  #failure: Error | undefined;

  /**
   * Opens or creates the file. A last line without a line end is an interrupted write, so the file is
   * truncated to the last complete line. Throws RunDirectoryError. For a damaged line, the message contains
   * the line number.
   */
  constructor(path: string, disk: Disk = systemDisk) {
    this.path = path;
    this.#disk = disk;
    const isNew = !existsSync(path);
    const { events, size } = isNew ? { events: [], size: 0 } : readJournal(path);
    this.events = events;
    this.#size = size;
    this.#file = wrapFileSystemErrors("open", path, () => openSync(path, "a"));
    if (isNew) syncFolder(dirname(path), disk);
    else this.#cutBack();
    // An earlier process may have been killed before all lines were synced.
    this.#syncedSize = 0;
  }

  /**
   * Writes one event. If the write fails, truncates the file to its previous size and throws
   * RunDirectoryError; a later call may succeed. After a failed sync or a failed truncation, or if the file
   * is no longer at its path, every call throws the error.
   */
  append(event: JournalEvent): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#checkInPlace();
    const line = Buffer.from(`${formatEvent(event)}\n`);
    try {
      writeFileSync(this.#file, line);
    } catch (error) {
      try {
        ftruncateSync(this.#file, this.#size);
      } catch (cause) {
        // A line after the incomplete one would damage the journal. An incomplete last line does not.
        throw this.#fail(cause);
      }
      throw toFileSystemError("write", this.path, error);
    }
    this.#size += line.length;
  }

  /**
   * Throws RunDirectoryError if the path names another file, because nobody would read further lines, or if
   * another program has changed the file.
   */
  #checkInPlace(): void {
    const there = statSync(this.path, { throwIfNoEntry: false });
    if (there?.ino === fstatSync(this.#file).ino) {
      if (there.size === this.#size) return;
      this.#failure = new RunDirectoryError(
        "file-system",
        `${this.path} was changed by another program while this run was in progress: expected ${this.#size} bytes, ` +
          `got ${there.size}. The run has stopped. Undo the change and run the same command again to resume, or ` +
          "start over with --fresh.",
      );
      throw this.#failure;
    }
    this.#failure = new RunDirectoryError(
      "file-system",
      `${this.path} was ${there === undefined ? "moved or deleted" : "replaced"} while this run was in progress. ` +
        "The run has stopped, because another run could not find its further results. If you still have the " +
        "original file, move it back; then run the same command again to resume.",
    );
    throw this.#failure;
  }

  #cutBack(): void {
    wrapFileSystemErrors("shorten", this.path, () => ftruncateSync(this.#file, this.#size));
  }

  /** Resolves when all lines appended so far are on the disk. Rejects with RunDirectoryError. */
  synced(): Promise<void> {
    if (this.#syncedSize === this.#size) return Promise.resolve();
    this.#next ??= this.#current.then(() => this.#sync());
    return this.#next;
  }

  async #sync(): Promise<void> {
    this.#current = this.#next!;
    this.#next = undefined;
    const size = this.#size;
    if (this.#syncedSize === size) return; // `close` has synced the file.
    try {
      await this.#disk.sync(this.#file);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#syncedSize = size;
  }

  /**
   * Stores the failure permanently: after a failed sync, a later sync may report success although data was
   * lost, and after a failed truncation, the file ends with an incomplete line.
   */
  #fail(cause: unknown): Error {
    const error = toFileSystemError("write", this.path, cause);
    this.#failure = error instanceof Error ? error : new Error(String(error));
    return this.#failure;
  }

  /**
   * Syncs the remaining lines and closes the file. Throws RunDirectoryError, also if the file is no longer at
   * its path.
   */
  close(): void {
    try {
      if (this.#failure === undefined && this.#syncedSize < this.#size)
        wrapFileSystemErrors("write", this.path, () => this.#disk.syncBlocking(this.#file));
      this.#syncedSize = this.#size;
      if (this.#failure === undefined) this.#checkInPlace();
    } finally {
      closeSync(this.#file);
    }
  }
}

/**
 * Reads the events of a journal and their size in bytes, and ignores an incomplete last line. Does not change
 * the file. Throws RunDirectoryError.
 */
export function readJournal(path: string): { events: JournalEvent[]; size: number } {
  const bytes = wrapFileSystemErrors("read", path, () => readFileSync(path));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const events: JournalEvent[] = [];
  let size = 0;
  for (let end = bytes.indexOf(lineEnd); end >= 0; end = bytes.indexOf(lineEnd, size)) {
    const lineNumber = events.length + 1;
    try {
      events.push(parseEvent(decoder.decode(bytes.subarray(size, end))));
    } catch (error) {
      if (error instanceof EventError) throw damaged(path, lineNumber, error.message);
      if (error instanceof TypeError) throw damaged(path, lineNumber, "expected UTF-8 text");
      throw error;
    }
    size = end + 1;
  }
  checkOrder(path, events);
  return { events, size };
}

function checkOrder(path: string, events: readonly JournalEvent[]): void {
  const [first] = events;
  if (first !== undefined && first.event !== "run") {
    throw damaged(path, 1, `expected a "run" event at the start of the journal, got "${first.event}"`);
  }
  try {
    collectTrialRecords(events);
  } catch (error) {
    throw error instanceof EventOrderError ? damaged(path, error.index + 1, error.message) : error;
  }
}

function damaged(path: string, line: number, message: string): RunDirectoryError {
  const advice =
    line === 1
      ? "Restore the file, or start over with --fresh."
      : "Delete this line and all lines after it to keep the results above, or start over with --fresh.";
  return new RunDirectoryError(
    "corrupt",
    `${path}, line ${line}: ${message}. The journal is damaged. ${advice}`,
  );
}
