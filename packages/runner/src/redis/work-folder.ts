import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { wrapFileSystemErrors } from "@nn/results";

/** Prefix of a folder's name. The id of the worker's process follows it. */
const PREFIX = `nn-worker-${hostname()}-`;

/** Creates a temporary folder for a trial that this worker trains. Throws RunDirectoryError. */
export function createWorkFolder(parent = tmpdir()): string {
  const start = join(parent, `${PREFIX}${process.pid}-`);
  return wrapFileSystemErrors("make a folder", start, () => mkdtempSync(start));
}

/** Removes the folders that killed workers of this host have left. Call it before `createWorkFolder`. */
export function removeAbandonedFolders(parent = tmpdir()): void {
  try {
    for (const name of readdirSync(parent)) {
      const owner = parseOwner(name);
      if (owner !== undefined && (owner === process.pid || !isRunning(owner)))
        rmSync(join(parent, name), { recursive: true, force: true });
    }
  } catch {
    // Errors are ignored: the folder may belong to another user, or its process may still be ending.
  }
}

/**
 * Returns the process id of the worker that created a folder of this name. Returns undefined if it is not a
 * folder of a worker of this host.
 */
function parseOwner(name: string): number | undefined {
  const [, pid] = (name.startsWith(PREFIX) && /^(\d+)-\w{6}$/.exec(name.slice(PREFIX.length))) || [];
  return pid === undefined ? undefined : Number(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other error, such as EPERM for a process of another user, means that the process is running.
    return error instanceof Error && "code" in error && error.code !== "ESRCH";
  }
}
