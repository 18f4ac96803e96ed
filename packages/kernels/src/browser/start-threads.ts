import type { ThreadData } from "../threads/threads.ts";

/** There is none. */
export interface StartedThread {
  terminate(): Promise<unknown>;
}

/** A page computes on one thread. */
export function startThreads(data: readonly ThreadData[]): Promise<StartedThread[]> {
  if (data.length === 0) return Promise.resolve([]);
  return Promise.reject(new Error("kernels: a page in a browser computes on one thread"));
}
