import { closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "@nn/platform/files";
import { opensFolders, processId, threadId } from "@nn/platform/host";

import { explained, fileSystemError } from "./errors.ts";

/** What is asked of the disk, so that what was written outlives a power cut. A test passes in its own. */
export interface Disk {
  /** Resolves when the disk has what was written to an open file. */
  confirm(file: number): Promise<void>;
  /** Returns when the disk has it. */
  confirmNow(file: number): void;
}

/** The disk of this machine, which confirms by fsync. */
export const systemDisk: Disk = {
  confirm: (file) =>
    new Promise((resolve, reject) => {
      fsync(file, (error) => (error === null ? resolve() : reject(error)));
    }),
  confirmNow: fsyncSync,
};

/**
 * Writes the whole file beside its place, has the disk confirm it, then renames it into place: a reader sees
 * the old file or the new one, never a part. On failure the old file stays and RunDirectoryError says why.
 *
 * Not by the package write-file-atomic: its version 8 makes one write call and does not look at how much was
 * written, so on a disk that fills up it renames a truncated file into place and reports success.
 * `writeFileSync` goes on until all is written or the system refuses.
 */
export function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  disk: Disk = systemDisk,
): void {
  const temporary = temporaryName(path);
  explained("write", path, () => {
    try {
      const file = openSync(temporary, "w");
      try {
        writeFileSync(file, content);
        disk.confirmNow(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/**
 * `writeFileAtomically` of several files, which the disk is asked to confirm all at once: that takes it about
 * as long as one. None is in its place before the disk has all of them.
 */
export async function writeFilesAtomically(
  files: Iterable<readonly [path: string, content: string | Uint8Array]>,
  disk: Disk = systemDisk,
): Promise<void> {
  const written: { path: string; temporary: string; file: number }[] = [];
  try {
    try {
      for (const [path, content] of files) {
        const temporary = temporaryName(path);
        const file = explained("write", path, () => openSync(temporary, "w"));
        written.push({ path, temporary, file });
        explained("write", path, () => writeFileSync(file, content));
      }
      // To the end of all, whichever fails: a file is not closed while the disk is at it.
      const confirmed = await Promise.allSettled(written.map(({ file }) => disk.confirm(file)));
      for (const [index, result] of confirmed.entries())
        if (result.status === "rejected") throw fileSystemError("write", written[index]!.path, result.reason);
    } finally {
      for (const { file } of written) closeSync(file);
    }
    for (const { path, temporary } of written) explained("write", path, () => renameSync(temporary, path));
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    throw error;
  }
}

/** One for each writer; `temporaryFile` recognizes what a killed one left behind. */
function temporaryName(path: string): string {
  return `${path}.${processId}-${threadId}.tmp`;
}

/** Whether a file of that name is the unfinished work of a writer that was killed. */
export function temporaryFile(name: string): boolean {
  return /\.\d+-\d+\.tmp$/.test(name);
}

/** Has the disk confirm the names in a folder, so that a new file outlives a power cut. */
export function syncFolder(path: string, disk: Disk = systemDisk): void {
  if (!opensFolders) return;
  explained("write", path, () => {
    const folder = openSync(path, "r");
    try {
      disk.confirmNow(folder);
    } finally {
      closeSync(folder);
    }
  });
}
