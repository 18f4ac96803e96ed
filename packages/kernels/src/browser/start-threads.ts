import type { ThreadData } from "../threads/threads.ts";

/** Never created in a page. */
export interface StartedThread {
  terminate(): Promise<unknown>;
}

/** Rejects unless `data` is empty, because a page computes on one thread. */
export function startThreads(data: readonly ThreadData[]): Promise<StartedThread[]> {
  if (data.length === 0) return Promise.resolve([]);
  return Promise.reject(new Error("kernels: a page in a browser computes on one thread"));
}
