import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { explained } from "./errors.ts";

/**
 * Writes the whole file beside its place, has the disk confirm it, then renames it into place: a reader sees the old
 * file or the new one, never a part. On failure the old file stays and RunDirectoryError says why.
 *
 * Not by the package write-file-atomic: its version 8 makes one write call and does not look at how much was written, so on
 * a disk that fills up it renames a truncated file into place and reports success. `writeFileSync` goes on until all
 * is written or the system refuses.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  // One temporary name for each writer; `temporaryFile` recognizes what a killed one left behind.
  const temporary = `${path}.${process.pid}-${threadId}.tmp`;
  explained("write", path, () => {
    try {
      const file = openSync(temporary, "w");
      try {
        writeFileSync(file, content);
        fsyncSync(file);
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

/** Whether a file of that name is the unfinished work of a writer that was killed. */
export function temporaryFile(name: string): boolean {
  return /\.\d+-\d+\.tmp$/.test(name);
}

/** Has the disk confirm the names in a folder, so that a new file outlives a power cut. */
export function syncFolder(path: string): void {
  // Windows does not open folders; NTFS journals names by itself.
  if (process.platform === "win32") return;
  explained("write", path, () => {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  });
}
