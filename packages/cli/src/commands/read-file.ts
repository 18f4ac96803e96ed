import { readFileSync, statSync } from "node:fs";

/**
 * Throws Error if a path is a pipe, a socket or a device, because reading it may never end. The message is
 * part of a sentence.
 */
export function requireRegularFile(path: string): void {
  const stats = statSync(path);
  if (!stats.isFile() && !stats.isDirectory()) throw new Error("it is no regular file");
}

/** Returns the bytes of a regular file. Throws Error, also for a pipe, a socket or a device. */
export function readRegularFile(path: string): Uint8Array<ArrayBuffer> {
  requireRegularFile(path);
  return readFileSync(path);
}
