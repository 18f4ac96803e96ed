import type { RunObserver } from "../run-observer.ts";

/** Hears of a run, and does nothing. */
export const silent: RunObserver = {
  report() {},
  ended() {},
  failed() {},
  pruned() {},
  retried() {},
};
