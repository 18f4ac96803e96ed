import type { RunObserver } from "../run-observer.ts";

/** An observer that ignores all events. */
export const silentObserver: RunObserver = {
  report() {},
  ended() {},
  failed() {},
  pruned() {},
  retried() {},
};
