import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { explained } from "./errors.ts";

/**
 * Makes a folder and those above it, where missing. Throws RunDirectoryError.
 *
 * Not by `mkdirSync` with `recursive`: Node 26 loops for ever in it where the system says "no such file" of a
 * folder whose parent exists, as it does below /proc.
 */
export function makeFolder(path: string): void {
  explained("make the folder", path, () => make(path));
}

function make(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ENOENT" && dirname(path) !== path && !exists(dirname(path))) {
      make(dirname(path));
      make(path);
    } else if (!exists(path)) {
      // EEXIST for a folder is what was wanted; some systems answer otherwise where it exists, such as EROFS
      // or EISDIR.
      throw error;
    }
  }
}

/** Whether a folder stands there, itself or by a link. */
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
