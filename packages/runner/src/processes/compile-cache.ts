import { enableCompileCache, flushCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/** The folder is in node_modules, so it is never committed, and reinstalling deletes it. */
const folder = fileURLToPath(new URL("../../../../node_modules/.cache/nn-compiled/", import.meta.url));

/**
 * Enables Node's compile cache for our sources (stripped types, compiled code), so that later processes start
 * in a third of the time. If the folder is not writable, nothing is cached, without an error.
 */
export function useCompileCache(): void {
  enableCompileCache(folder);
}

/**
 * Returns environment variables with which a child process uses the compile cache from its first file on.
 * Otherwise the child strips the types of its first file. This takes 0.2 s with the flags of the fast
 * kernels, because the type stripper is also WebAssembly.
 */
export function getCompileCacheEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: folder };
}

/** Writes the compile cache to the disk now, because a worker process may be killed. */
export function writeCompileCache(): void {
  flushCompileCache();
}
