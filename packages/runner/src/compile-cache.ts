import { enableCompileCache, flushCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/** Beside what else is installed: never committed, and gone when that is. */
const folder = fileURLToPath(new URL("../../../node_modules/.cache/nn-compiled/", import.meta.url));

/**
 * Keeps what Node makes of our sources (types stripped, code compiled) from one start of a process to the next, which takes a
 * third of the time then. Where the folder cannot be written, nothing is kept and nothing is said.
 */
export function keepCompiled(): void {
  enableCompileCache(folder);
}

/** Writes to the disk what has been compiled so far: for a process that may be killed. */
export function saveCompiled(): void {
  flushCompileCache();
}
