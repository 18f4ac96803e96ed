import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "./atomic-write.ts";
import { explained } from "./errors.ts";

/** What systems and file systems answer that have no symbolic links, or not for this user. */
const refusals: ReadonlySet<unknown> = new Set([
  "EPERM",
  "EACCES",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EINVAL",
]);

/**
 * Makes `<folder>/latest` lead to `<folder>/<name>`: a symbolic link, or a text file that holds the name
 * where the system refuses links. Replaced by rename, so it leads somewhere at all times.
 */
export function pointLatest(folder: string, name: string, link: typeof symlinkSync = symlinkSync): void {
  const path = join(folder, "latest");
  const temporary = `${path}.${process.pid}-0.tmp`;
  explained("write", path, () => {
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

/** The folder that `<folder>/latest` leads to, link or text file; undefined where there is none. */
export function latestRun(folder: string): string | undefined {
  const path = join(folder, "latest");
  const read = (): string => {
    try {
      return readlinkSync(path);
    } catch (error) {
      // EINVAL: it is there and no link.
      if (error instanceof Error && "code" in error && error.code === "EINVAL")
        return readFileSync(path, "utf8").trim();
      throw error;
    }
  };
  try {
    return join(folder, read());
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    return explained("read", path, () => {
      throw error;
    });
  }
}
