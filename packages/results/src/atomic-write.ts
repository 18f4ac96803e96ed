import { closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "@nn/platform/files";
import { opensFolders, processId, threadId } from "@nn/platform/host";

import { wrapFileSystemErrors, toFileSystemError } from "./errors.ts";

/** Syncs written data to the disk, so that they survive a power failure. Tests use other implementations. */
export interface Disk {
  /** Resolves when the data written to an open file are on the disk. */
  sync(file: number): Promise<void>;
  /** Like `sync`, but blocks until the data are on the disk. */
  syncBlocking(file: number): void;
}

/** The disk of this machine, which is synced with fsync. */
export const systemDisk: Disk = {
  sync: (file) =>
    new Promise((resolve, reject) => {
      fsync(file, (error) => (error === null ? resolve() : reject(error)));
    }),
  syncBlocking: fsyncSync,
};

/**
 * Writes a file under a temporary name, syncs it to the disk, then renames it. So a reader sees either the
 * old or the new file, never a part of it. Throws RunDirectoryError if this fails; then the old file is
 * unchanged.
 *
 * It does not use the package write-file-atomic. Its version 8 makes one write call and does not check how
 * many bytes were written. So on a full disk, it renames a truncated file and reports success.
 * `writeFileSync` continues until all bytes are written or the system reports an error.
 */
export function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  disk: Disk = systemDisk,
): void {
  const temporary = temporaryName(path);
  wrapFileSystemErrors("write", path, () => {
    try {
      const file = openSync(temporary, "w");
      try {
        writeFileSync(file, content);
        disk.syncBlocking(file);
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
 * Writes several files like `writeFileAtomically`. Syncs all of them at the same time, which takes about as
 * long as for one file. Renames no file before all of them are on the disk. Throws RunDirectoryError.
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
        const file = wrapFileSystemErrors("write", path, () => openSync(temporary, "w"));
        written.push({ path, temporary, file });
        wrapFileSystemErrors("write", path, () => writeFileSync(file, content));
      }
      // Waits for all files even if one fails, because a file must not be closed while it is synced.
      const synced = await Promise.allSettled(written.map(({ file }) => disk.sync(file)));
      for (const [index, result] of synced.entries())
        if (result.status === "rejected")
          throw toFileSystemError("write", written[index]!.path, result.reason);
    } finally {
      for (const { file } of written) closeSync(file);
    }
    for (const { path, temporary } of written)
      wrapFileSystemErrors("write", path, () => renameSync(temporary, path));
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Returns the temporary name of a file. `isTemporaryFile` recognizes such names, to remove the files of
 * killed writers.
 */
function temporaryName(path: string): string {
  return `${path}.${processId}-${threadId}.tmp`;
}

/** Returns whether a file name is a temporary name. Killed writers leave such files. */
export function isTemporaryFile(name: string): boolean {
  return /\.\d+-\d+\.tmp$/.test(name);
}

/**
 * Syncs the names in a folder to the disk, so that a new file survives a power failure. Throws
 * RunDirectoryError.
 */
export function syncFolder(path: string, disk: Disk = systemDisk): void {
  if (!opensFolders) return;
  wrapFileSystemErrors("write", path, () => {
    const folder = openSync(path, "r");
    try {
      disk.syncBlocking(folder);
    } finally {
      closeSync(folder);
    }
  });
}
