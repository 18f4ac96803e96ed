import type { RunObserver } from "../run-observer.ts";

/** An observer that ignores all events. */
export const silent: RunObserver = {
  report() {},
  ended() {},
  failed() {},
  pruned() {},
  retried() {},
};
