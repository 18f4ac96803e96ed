import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder, systemDisk, type Disk } from "./atomic-write.ts";
import { EventError, formatEvent, parseEvent } from "./event-lines.ts";
import type { JournalEvent } from "./events.ts";
import { wrapFileSystemErrors, fileSystemError, RunDirectoryError } from "./errors.ts";
import { EventOrderError, trialsOf } from "./records.ts";

const lineEnd = 0x0a;

/**
 * journal.jsonl, open for appending: one line per event. A line that `append` has written survives a kill of
 * this process. After `confirmed` resolves, it also survives a power failure, so the terminal waits for that.
 * A disk confirms many lines in the time of one, so `append` does not wait for it.
 */
export class Journal {
  readonly path: string;
  /** The events in the file when it was opened. */
  readonly events: readonly JournalEvent[];
  readonly #disk: Disk;
  readonly #file: number;
  #size: number;
  /** The size that the disk has confirmed. */
  #confirmedSize: number;
  /** The confirmation in progress. */
  #current: Promise<void> = Promise.resolve();
  /** The next confirmation, of lines that were written since. */
  #next: Promise<void> | undefined;
  #failure: Error | undefined;

  /**
   * Opens or creates the file. A last line without a line end is an interrupted write: it is dropped, and the
   * file is truncated to the last complete line. Throws RunDirectoryError; for a damaged line, the message
   * has its number.
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
    // An earlier process may have been killed before the disk had all lines.
    this.#confirmedSize = 0;
  }

  /**
   * Writes one event. After a failure the file is truncated to its earlier size, and a later append may
   * succeed. After the disk has failed to confirm a line, every call throws that error.
   */
  append(event: JournalEvent): void {
    if (this.#failure !== undefined) throw this.#failure;
    const line = Buffer.from(`${formatEvent(event)}\n`);
    try {
      writeFileSync(this.#file, line);
    } catch (error) {
      this.#cutBack();
      throw fileSystemError("write", this.path, error);
    }
    this.#size += line.length;
  }

  #cutBack(): void {
    wrapFileSystemErrors("shorten", this.path, () => ftruncateSync(this.#file, this.#size));
  }

  /** Resolves when the disk has every line appended so far. Rejects with RunDirectoryError. */
  confirmed(): Promise<void> {
    if (this.#confirmedSize === this.#size) return Promise.resolve();
    this.#next ??= this.#current.then(() => this.#confirm());
    return this.#next;
  }

  async #confirm(): Promise<void> {
    this.#current = this.#next!;
    this.#next = undefined;
    const size = this.#size;
    if (this.#confirmedSize === size) return; // closed meanwhile
    try {
      await this.#disk.confirm(this.#file);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#confirmedSize = size;
  }

  /**
   * Records the failure for good: after a failed confirmation, a disk may report success although the data
   * are lost.
   */
  #fail(cause: unknown): Error {
    const error = fileSystemError("write", this.path, cause);
    this.#failure = error instanceof Error ? error : new Error(String(error));
    return this.#failure;
  }

  /** Makes the disk confirm the remaining lines, and closes the file. Throws RunDirectoryError. */
  close(): void {
    try {
      if (this.#failure === undefined && this.#confirmedSize < this.#size)
        wrapFileSystemErrors("write", this.path, () => this.#disk.confirmNow(this.#file));
      this.#confirmedSize = this.#size;
    } finally {
      closeSync(this.#file);
    }
  }
}

/**
 * Reads the events of a journal, and their size in bytes without an incomplete last line. Does not change the
 * file.
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
    throw damaged(path, 1, `expected the "run" event that a journal begins with, got "${first.event}"`);
  }
  try {
    trialsOf(events);
  } catch (error) {
    throw error instanceof EventOrderError ? damaged(path, error.index + 1, error.message) : error;
  }
}

function damaged(path: string, line: number, message: string): RunDirectoryError {
  return new RunDirectoryError(
    "corrupt",
    `${path}, line ${line}: ${message}. The journal is damaged. ` +
      `Delete that line and the ones after it to keep what stands above it, or start over with --fresh.`,
  );
}
