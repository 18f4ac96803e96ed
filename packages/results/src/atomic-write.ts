import { closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "@nn/platform/files";
import { canOpenFolders, processId, threadId } from "@nn/platform/host";
import { dirname } from "@nn/platform/path";

import { getErrorCode, wrapFileSystemErrors, toFileSystemError } from "./errors.ts";

/** Syncs written data to the disk, so that they survive a power failure. Tests replace it. */
export interface Disk {
  /** Resolves when the data written to an open file are on the disk. */
  sync(file: number): Promise<void>;
  /** Like `sync`, but blocks until the data is on the disk. */
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
 * Writes a file under a temporary name, syncs it to the disk, then renames it. Readers therefore see either
 * the old or the new file, and never a part of it. If this fails, throws RunDirectoryError and leaves the old
 * file unchanged.
 *
 * The package write-file-atomic (8) is not used, because it makes one write call and does not check how many
 * bytes were written. On a full disk, it renames a truncated file and reports success. `writeFileSync`
 * continues until all bytes are written or the system reports an error.
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
 * Writes several files like `writeFileAtomically`. Syncs all of them concurrently, which takes about as long
 * as syncing one. Renames the files only after all of them are on the disk, then syncs the folders, because
 * some file systems (Btrfs) keep a new name only then. Throws RunDirectoryError.
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
      // Waits for all files even if one fails, because a file must not be closed during its sync.
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
  await syncFolders(new Set(written.map(({ path }) => dirname(path))), disk);
}

/** Syncs the entries of folders, all at once. Throws RunDirectoryError. */
async function syncFolders(paths: Iterable<string>, disk: Disk): Promise<void> {
  if (!canOpenFolders) return;
  const folders: { path: string; folder: number }[] = [];
  try {
    for (const path of paths)
      folders.push({ path, folder: wrapFileSystemErrors("write", path, () => openSync(path, "r")) });
    // Waits for all folders even if one fails, because a folder must not be closed during its sync.
    const synced = await Promise.allSettled(folders.map(({ folder }) => disk.sync(folder)));
    for (const [index, result] of synced.entries())
      if (result.status === "rejected" && !cannotSyncFolders(result.reason))
        throw toFileSystemError("write", folders[index]!.path, result.reason);
  } finally {
    for (const { folder } of folders) closeSync(folder);
  }
}

/** Whether the file system has no sync for folders, such as the shared folders of VirtualBox. */
function cannotSyncFolders(error: unknown): boolean {
  const code = getErrorCode(error);
  return code === "EINVAL" || code === "ENOTSUP";
}

/**
 * Returns the temporary name of a file. `isTemporaryFile` recognizes such names, so that the files of killed
 * processes can be removed.
 */
function temporaryName(path: string): string {
  return `${path}.${processId}-${threadId}.tmp`;
}

/** Whether a file name is a temporary name. Killed processes leave such files. */
export function isTemporaryFile(name: string): boolean {
  return /\.\d+-\d+\.tmp$/.test(name);
}

/**
 * Syncs the entries of a folder to the disk, so that a new file survives a power failure. Throws
 * RunDirectoryError.
 */
export function syncFolder(path: string, disk: Disk = systemDisk): void {
  if (!canOpenFolders) return;
  wrapFileSystemErrors("write", path, () => {
    const folder = openSync(path, "r");
    try {
      disk.syncBlocking(folder);
    } catch (error) {
      if (!cannotSyncFolders(error)) throw error;
    } finally {
      closeSync(folder);
    }
  });
}
