import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { explained } from "@nn/results";

/** Prefix of a folder's name; the id of its process follows, which is unique on its host. */
const PREFIX = `nn-worker-${hostname()}-`;

/**
 * Makes a folder for a trial that this process trains for a run on another machine. Throws RunDirectoryError.
 */
export function makeWorkFolder(parent = tmpdir()): string {
  const start = join(parent, `${PREFIX}${process.pid}-`);
  return explained("make a folder", start, () => mkdtempSync(start));
}

/** Removes the folders of killed workers of this host. Call it before making the first folder. */
export function removeAbandonedFolders(parent = tmpdir()): void {
  try {
    for (const name of readdirSync(parent)) {
      const owner = ownerOf(name);
      if (owner !== undefined && (owner === process.pid || !isRunning(owner)))
        rmSync(join(parent, name), { recursive: true, force: true });
    }
  } catch {
    // A failure does not matter: the folder belongs to another user, or its process is still ending.
  }
}

/** Returns the process that made the folder of that name; undefined if it is not a worker of this host. */
function ownerOf(name: string): number | undefined {
  const [, pid] = (name.startsWith(PREFIX) && /^(\d+)-\w{6}$/.exec(name.slice(PREFIX.length))) || [];
  return pid === undefined ? undefined : Number(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive, too.
    return error instanceof Error && "code" in error && error.code !== "ESRCH";
  }
}
