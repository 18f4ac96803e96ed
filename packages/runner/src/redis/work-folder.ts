import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { explained } from "@nn/results";

/** Before the process that it belongs to, which is unique on its host. */
const PREFIX = `nn-worker-${hostname()}-`;

/** A folder for a trial that this process trains for a run elsewhere. Throws RunDirectoryError. */
export function makeWorkFolder(parent = tmpdir()): string {
  const start = join(parent, `${PREFIX}${process.pid}-`);
  return explained("make a folder", start, () => mkdtempSync(start));
}

/** Removes what killed workers of this host have left. To be called before the first folder is made. */
export function removeAbandonedFolders(parent = tmpdir()): void {
  try {
    for (const name of readdirSync(parent)) {
      const owner = ownerOf(name);
      if (owner !== undefined && (owner === process.pid || !isRunning(owner)))
        rmSync(join(parent, name), { recursive: true, force: true });
    }
  } catch {
    // It was a courtesy: somebody else's, or its process has not quite ended.
  }
}

/** The process that has made the folder of that name; undefined where it is none of this host's workers. */
function ownerOf(name: string): number | undefined {
  const [, pid] = (name.startsWith(PREFIX) && /^(\d+)-\w{6}$/.exec(name.slice(PREFIX.length))) || [];
  return pid === undefined ? undefined : Number(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && "code" in error && error.code !== "ESRCH";
  }
}
