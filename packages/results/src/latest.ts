import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "./atomic-write.ts";
import { getErrorCode, wrapFileSystemErrors } from "./errors.ts";

/** Error codes of a system that does not support or permit symbolic links. */
const refusals: ReadonlySet<unknown> = new Set([
  "EPERM",
  "EACCES",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EINVAL",
]);

/**
 * Makes `<folder>/latest` point to `<folder>/<name>`. It is a symbolic link, or a text file that contains the
 * name if links are not possible. It is replaced by a rename, so it is always valid. Throws
 * RunDirectoryError.
 */
export function linkLatest(folder: string, name: string, link: typeof symlinkSync = symlinkSync): void {
  const path = join(folder, "latest");
  const temporary = `${path}.${process.pid}-0.tmp`;
  wrapFileSystemErrors("write", path, () => {
    // A killed process of the same number may have left a link of this name. In containers, this is common.
    rmSync(temporary, { force: true });
    try {
      link(name, temporary, "dir");
    } catch (error) {
      if (refusals.has(getErrorCode(error))) {
        writeFileAtomically(path, `${name}\n`);
        return;
      }
      throw error;
    }
    try {
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/**
 * Returns the folder to which `<folder>/latest`, a link or a text file, points. Returns undefined if it does
 * not exist.
 */
export function readLatestRun(folder: string): string | undefined {
  const path = join(folder, "latest");
  const read = (): string => {
    try {
      return readlinkSync(path);
    } catch (error) {
      // EINVAL: `latest` exists and is not a link.
      if (getErrorCode(error) === "EINVAL") return readFileSync(path, "utf8").trim();
      throw error;
    }
  };
  try {
    return join(folder, read());
  } catch (error) {
    if (getErrorCode(error) === "ENOENT") return undefined;
    return wrapFileSystemErrors("read", path, () => {
      throw error;
    });
  }
}
