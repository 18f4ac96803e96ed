import type { ThreadData } from "../threads/thread-pool.ts";

/** A running thread. A page never creates one. */
export interface StartedThread {
  terminate(): Promise<unknown>;
}

/** Returns no threads. Rejects if `data` is not empty, because a page computes on one thread. */
export function startThreads(data: readonly ThreadData[]): Promise<StartedThread[]> {
  if (data.length === 0) return Promise.resolve([]);
  return Promise.reject(new Error("kernels: a page in a browser computes on one thread"));
}
