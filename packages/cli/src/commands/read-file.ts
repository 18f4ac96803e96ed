import { readFileSync, statSync } from "node:fs";

import { getErrorReason } from "@nn/mnist";

/**
 * Throws Error if a path is a pipe, a socket or a device, because reading it may never end. The message is
 * part of a sentence.
 */
export function requireRegularFile(path: string): void {
  const stats = statSync(path);
  if (!stats.isFile() && !stats.isDirectory()) throw new Error("it is no regular file");
}

/** Returns why a path is not that of a folder; undefined if it is one. Throws nothing. */
export function findFolderProblem(
  path: string,
): "missing" | "file" | { readonly reason: string } | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return "missing";
    return stats.isDirectory() ? undefined : "file";
  } catch (error) {
    return { reason: getErrorReason(error) };
  }
}

/** Returns the bytes of a regular file. Throws Error, also for a pipe, a socket or a device. */
export function readRegularFile(path: string): Uint8Array<ArrayBuffer> {
  requireRegularFile(path);
  return readFileSync(path);
}
