import { closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "@nn/platform/files";
import { opensFolders, processId, threadId } from "@nn/platform/host";

import { wrapFileSystemErrors, fileSystemError } from "./errors.ts";

/** Makes the disk confirm writes, so that they survive a power failure. Tests pass their own. */
export interface Disk {
  /** Resolves when the disk has the data written to an open file. */
  confirm(file: number): Promise<void>;
  /** Returns when the disk has the data. */
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
 * Writes a file under a temporary name, waits until the disk has confirmed it, then renames it. So a reader
 * sees the old file or the new one, never a part. On failure the old file stays, and RunDirectoryError is
 * thrown.
 *
 * It does not use the package write-file-atomic. Version 8 of it makes one write call and does not check how
 * much was written. So on a full disk it renames a truncated file and reports success. `writeFileSync`
 * continues until everything is written or the system reports an error.
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
 * Writes several files like `writeFileAtomically`. The disk confirms all at once, which takes about as long
 * as for one file. No file is renamed before the disk has all of them.
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
      // Waits for all files even if one fails: a file must not be closed while the disk confirms it.
      const confirmed = await Promise.allSettled(written.map(({ file }) => disk.confirm(file)));
      for (const [index, result] of confirmed.entries())
        if (result.status === "rejected") throw fileSystemError("write", written[index]!.path, result.reason);
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

/** Returns the temporary name of this writer; `isTemporaryFile` recognizes the files of killed writers. */
function temporaryName(path: string): string {
  return `${path}.${processId}-${threadId}.tmp`;
}

/** Returns whether a name is a temporary name, which killed writers leave behind. */
export function isTemporaryFile(name: string): boolean {
  return /\.\d+-\d+\.tmp$/.test(name);
}

/** Waits until the disk has confirmed the names in a folder, so that a new file survives a power failure. */
export function syncFolder(path: string, disk: Disk = systemDisk): void {
  if (!opensFolders) return;
  wrapFileSystemErrors("write", path, () => {
    const folder = openSync(path, "r");
    try {
      disk.confirmNow(folder);
    } finally {
      closeSync(folder);
    }
  });
}
