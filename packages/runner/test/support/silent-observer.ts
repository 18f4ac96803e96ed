import type { RunObserver } from "../../src/trials/run-observer.ts";

/** Hears of a run, and does nothing. */
export const silent: RunObserver = {
  report() {},
  ended() {},
  failed() {},
  pruned() {},
  retried() {},
};
