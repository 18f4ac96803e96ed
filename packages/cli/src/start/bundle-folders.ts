import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Number of newest bundles that are always kept. */
const KEPT = 5;
/** Assumed maximum run time of a process on another machine that shares the disk. */
const LONGEST_RUN_DAYS = 30;

const USERS = "used-by";

/**
 * Marks a bundle as in use by this process until it exits. Does nothing if the folder is not writable.
 */
export function markBundleInUse(folder: string): void {
  const note = join(folder, USERS, `${process.pid}@${hostname()}`);
  try {
    mkdirSync(join(folder, USERS), { recursive: true });
    writeFileSync(note, "");
    process.once("exit", () => rmSync(note, { force: true }));
  } catch {
    // Without the mark, the bundle is still kept while it is one of the newest.
  }
}

/**
 * Deletes the bundles in a folder, except for the newest ones and those that a process still imports from.
 */
export function deleteOldBundles(bundles: string): void {
  const folders = readdirSync(bundles)
    .map((name) => join(bundles, name))
    .map((path) => ({ path, built: statSync(path).mtimeMs }))
    .sort((a, b) => b.built - a.built);
  for (const { path } of folders.slice(KEPT)) {
    if (!isUsed(path)) rmSync(path, { recursive: true, force: true });
  }
}

function isUsed(bundle: string): boolean {
  let notes: string[];
  try {
    notes = readdirSync(join(bundle, USERS));
  } catch {
    return false;
  }
  const oldest = Date.now() - LONGEST_RUN_DAYS * 24 * 60 * 60 * 1000;
  return notes.some((note) => {
    const [pid = "", host] = note.split("@");
    if (host === hostname()) return isAlive(Number(pid));
    return (statSync(join(bundle, USERS, note), { throwIfNoEntry: false })?.mtimeMs ?? 0) > oldest;
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
