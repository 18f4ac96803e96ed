import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { threadId as thread } from "node:worker_threads";

import type { Host } from "../interfaces.ts";

const host: Host = {
  processId: process.pid,
  threadId: thread,
  // Windows cannot open folders. NTFS itself keeps a journal of names.
  opensFolders: process.platform !== "win32",
  workingFolder: () => process.cwd(),
  pathOfUrl: (url) => fileURLToPath(url),
  nextTurn: () => setImmediate(),
  availableThreads: availableParallelism(),
};

export const { availableThreads, nextTurn, opensFolders, pathOfUrl, processId, threadId, workingFolder } =
  host;
