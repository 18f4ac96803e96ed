import { Worker } from "node:worker_threads";

import type { ThreadData } from "../threads/thread-pool.ts";

const PROGRAM = new URL("./thread-program.ts", import.meta.url);

/** A running thread. It ends with the process. */
export type StartedThread = Pick<Worker, "terminate">;

/**
 * Starts one thread per entry of `data`. Rejects if a thread does not start. `program` is the file that each
 * thread runs; tests replace it.
 */
export async function startThreads(data: readonly ThreadData[], program = PROGRAM): Promise<StartedThread[]> {
  // Threads are started without flags, because V8 flags apply to all threads of a process.
  const workers = data.map((workerData) => new Worker(program, { workerData, execArgv: [] }));
  try {
    await Promise.all(workers.map(ready));
  } catch (cause) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`kernels: a thread did not start: ${why}. Try fewer threads (--threads).`, { cause });
  }
  for (const worker of workers) worker.unref();
  return workers;
}

function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`it ended with exit code ${code}`)));
  });
}
