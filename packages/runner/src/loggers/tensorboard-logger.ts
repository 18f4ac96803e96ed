import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  encodeEndEvents,
  encodeEpochEvents,
  createEventFileName,
  encodeStartEvents,
  encodeTrialEvents,
} from "@nn/formats";
import { wrapFileSystemErrors, type RunDirectory, type TrialRecord } from "@nn/results";

/** The folder of the event files in the folder of the run. */
export const TENSORBOARD_FOLDER = "tensorboard";

/** The event file of a trial, and its content. */
interface EventFile {
  readonly path: string;
  /** The last epoch in the file. */
  epoch: number;
}

/**
 * Writes the records of trials as event files for TensorBoard, one folder per trial. A file grows while its
 * trial is trained. Each process rewrites the files of its trials, so no epoch is duplicated.
 */
export class TensorboardLogger {
  readonly #directory: Pick<RunDirectory, "path" | "records">;
  /** Returns seconds since 1970. */
  readonly #clock: () => number;
  readonly #files = new Map<number, EventFile>();
  readonly #ended = new Set<number>();

  constructor(directory: Pick<RunDirectory, "path" | "records">, clock: () => number) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /**
   * Writes the recorded epochs that are missing in the file of a trial. If the trial has ended, also writes
   * its end. Throws RunDirectoryError.
   */
  update(trial: number): void {
    const record = this.#directory.records.get(trial);
    if (record === undefined || this.#ended.has(trial)) return;
    const wallTime = this.#clock();
    const known = this.#files.get(trial);
    // After a retry from an earlier epoch, the file would contain duplicate epochs.
    const isLonger = known !== undefined && known.epoch > (record.history.at(-1)?.epoch ?? 0);
    const file = known === undefined || isLonger ? this.#begin(trial, record, wallTime) : known;
    const bytes: Uint8Array[] = [];
    for (const { epoch, train, validation } of record.history) {
      if (epoch <= file.epoch) continue;
      bytes.push(encodeEpochEvents({ epoch, wallTime, train, validation }));
      file.epoch = epoch;
    }
    const { status, epochs, test } = record;
    if (status !== "running") {
      bytes.push(encodeEndEvents({ epoch: epochs, wallTime, test, completed: status === "completed" }));
      this.#ended.add(trial);
    }
    wrapFileSystemErrors("write", file.path, () => appendFileSync(file.path, Buffer.concat(bytes)));
  }

  /** Writes the files of all recorded trials, including those of earlier commands. */
  updateAll(): void {
    for (const trial of this.#directory.records.keys()) this.update(trial);
  }

  /**
   * Writes the files of trials that have none, or whose file lacks events, because the process that wrote it
   * was killed before the last ones.
   */
  addMissing(): void {
    for (const [trial, record] of this.#directory.records)
      if (!this.#hasAll(trial, record)) this.update(trial);
  }

  /** Deletes the files of trials that have no record, because the sweep ended before them. */
  deleteOthers(): void {
    const folder = join(this.#directory.path, TENSORBOARD_FOLDER);
    wrapFileSystemErrors("delete", folder, () => {
      for (const name of existsSync(folder) ? readdirSync(folder) : [])
        if (/^\d+$/.test(name) && !this.#directory.records.has(Number(name)))
          rmSync(join(folder, name), { recursive: true, force: true });
    });
  }

  /** Returns whether the file of a trial has the size of all its events. It does not depend on the times. */
  #hasAll(trial: number, { parameters, history, status, epochs, test }: TrialRecord): boolean {
    const folder = this.#folderOf(trial);
    const [name, ...others] = existsSync(folder) ? readdirSync(folder) : [];
    if (name === undefined || others.length > 0) return false;
    const wallTime = this.#clock();
    const end = { epoch: epochs, wallTime, test, completed: status === "completed" };
    const all = encodeTrialEvents({
      start: { wallTime, parameters },
      epochs: history.map(({ epoch, train, validation }) => ({ epoch, wallTime, train, validation })),
      ...(status !== "running" && { end }),
    });
    return statSync(join(folder, name), { throwIfNoEntry: false })?.size === all.length;
  }

  #folderOf(trial: number): string {
    return join(this.#directory.path, TENSORBOARD_FOLDER, `${trial}`);
  }

  #begin(trial: number, { parameters }: TrialRecord, wallTime: number): EventFile {
    const folder = this.#folderOf(trial);
    const path = join(folder, createEventFileName(wallTime, `${trial}`));
    wrapFileSystemErrors("write", path, () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, encodeStartEvents({ wallTime, parameters }));
    });
    const file = { path, epoch: 0 };
    this.#files.set(trial, file);
    return file;
  }
}

/** Creates the logger of a run. It uses the system time. */
export function createLogger(directory: Pick<RunDirectory, "path" | "records">): TensorboardLogger {
  return new TensorboardLogger(directory, () => Date.now() / 1000);
}
