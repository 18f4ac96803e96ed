import type { TrialRecord } from "@nn/results";

/** Counts the trials among the first `planned` that have ended and will not run again. */
export function countDone(records: ReadonlyMap<number, TrialRecord>, planned = Infinity): number {
  return [...records.values()].filter((record) => record.trial <= planned && isDone(record)).length;
}

/** Failed and interrupted trials run again. */
function isDone({ status }: TrialRecord): boolean {
  return status !== "running" && status !== "failed";
}
