import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "./atomic-write.ts";
import { wrapFileSystemErrors } from "./errors.ts";

/** Error codes of systems and file systems without symbolic links, or without permission to make them. */
const refusals: ReadonlySet<unknown> = new Set([
  "EPERM",
  "EACCES",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EINVAL",
]);

/**
 * Makes `<folder>/latest` point to `<folder>/<name>`: a symbolic link, or a text file with the name if the
 * system rejects links. It is replaced by rename, so it is valid at all times.
 */
export function linkLatest(folder: string, name: string, link: typeof symlinkSync = symlinkSync): void {
  const path = join(folder, "latest");
  const temporary = `${path}.${process.pid}-0.tmp`;
  wrapFileSystemErrors("write", path, () => {
    try {
      link(name, temporary, "dir");
    } catch (error) {
      if (error instanceof Error && "code" in error && refusals.has(error.code)) {
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
 * Returns the folder that `<folder>/latest` points to, as a link or a text file; undefined if there is none.
 */
export function latestRun(folder: string): string | undefined {
  const path = join(folder, "latest");
  const read = (): string => {
    try {
      return readlinkSync(path);
    } catch (error) {
      // EINVAL: it exists and is not a link.
      if (error instanceof Error && "code" in error && error.code === "EINVAL")
        return readFileSync(path, "utf8").trim();
      throw error;
    }
  };
  try {
    return join(folder, read());
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    return wrapFileSystemErrors("read", path, () => {
      throw error;
    });
  }
}
