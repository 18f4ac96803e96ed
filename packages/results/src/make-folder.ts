import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { getErrorCode, wrapFileSystemErrors } from "./errors.ts";

/**
 * Creates a folder and its missing parents. Throws RunDirectoryError.
 *
 * `mkdirSync` with `recursive` is not used. In Node 26, it loops forever if the system reports "no such file"
 * for a folder whose parent exists, for example in /proc.
 */
export function makeFolder(path: string): void {
  wrapFileSystemErrors("make the folder", path, () => make(path));
}

function make(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (getErrorCode(error) === "ENOENT" && dirname(path) !== path && !exists(dirname(path))) {
      make(dirname(path));
      make(path);
    } else if (!exists(path)) {
      // An existing folder is not an error. Some systems do not report EEXIST for it, but EROFS or EISDIR.
      throw error;
    }
  }
}

/** Whether the path is a folder or a link to one. */
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
