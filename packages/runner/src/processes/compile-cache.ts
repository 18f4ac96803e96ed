import { enableCompileCache, flushCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/** Beside what else is installed: never committed, and gone when that is. */
const folder = fileURLToPath(new URL("../../../../node_modules/.cache/nn-compiled/", import.meta.url));

/**
 * Keeps what Node makes of our sources (types stripped, code compiled) from one start of a process to the
 * next, which takes a third of the time then. Where the folder cannot be written, nothing is kept and nothing
 * is said.
 */
export function keepCompiled(): void {
  enableCompileCache(folder);
}

/**
 * The environment of a process of ours that keeps what is compiled from its first file on. One that asks for
 * it itself has to strip the types of that file first: a fifth of a second under the flags that make the
 * kernels fast, for the stripper is of WebAssembly too.
 */
export function keepingCompiled(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: folder };
}

/** Writes to the disk what has been compiled so far: for a process that may be killed. */
export function saveCompiled(): void {
  flushCompileCache();
}
