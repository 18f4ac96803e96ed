import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { threadId as thread } from "node:worker_threads";

import type { Host } from "../interfaces.ts";

const host: Host = {
  processId: process.pid,
  threadId: thread,
  // Windows cannot open folders. NTFS itself keeps a journal of names.
  canOpenFolders: process.platform !== "win32",
  getWorkingFolder: () => process.cwd(),
  fileUrlToPath: (url) => fileURLToPath(url),
  yieldToEventLoop: () => setImmediate(),
  availableThreads: availableParallelism(),
};

export const {
  availableThreads,
  yieldToEventLoop,
  canOpenFolders,
  fileUrlToPath,
  processId,
  threadId,
  getWorkingFolder,
} = host;
