import { statSync } from "node:fs";
import { join } from "node:path";

import { isLocked, type ResultRow } from "@nn/results";
import { readEnvironment } from "@nn/runner";

import {
  describeRun,
  rankConfigurationRows,
  getMetricValues,
  type RunDescription,
} from "./run-description.ts";

/** The progress of a run, and its best configuration so far. */
export interface RunStatus extends Pick<
  RunDescription,
  "path" | "name" | "fingerprint" | "metric" | "notices"
> {
  /** Time of the last recorded event. */
  readonly changed: Date;
  /**
   * `running`: its process is running. `finished`: all trials have ended. `stopped`: neither. `unknown`: not
   * running, and environment.json does not say how many trials the run has.
   */
  readonly status: "running" | "finished" | "stopped" | "unknown";
  /** Number of ended trials, without those that failed. */
  readonly done: number;
  readonly failed: number;
  /** Number of trials that diverged, and of those that were pruned. */
  readonly diverged: number;
  readonly pruned: number;
  /** Number of trials of the run, without those after the end of the sweep; undefined in older versions. */
  readonly trials?: number | undefined;
  /** The values of the metric of the best configuration, one per completed repeat; empty without one. */
  readonly best: readonly number[];
  /** The swept values of the best configuration; empty without one. */
  readonly parameters: ResultRow["parameters"];
  /** The `--set` options of the command. */
  readonly set: readonly string[];
}

/** Reads the status of a run. Throws RunDirectoryError. */
export function readRunStatus(path: string): RunStatus {
  const run = describeRun(path);
  const { trials } = run;
  const { set } = readEnvironment(path);
  const best = rankConfigurationRows(run).find(({ completed }) => completed > 0);
  const count = (status: ResultRow["status"]): number =>
    [...run.rows, ...run.missing].filter((each) => each.status === status).length;
  const failed = count("failed");
  const ended = run.rows.length + run.missing.length;
  const done = ended - failed;
  const notices =
    trials === undefined
      ? [
          `${join(path, "environment.json")} does not contain the number of trials of the run, so it is unknown ` +
            "whether it is finished. Run the experiment again to rewrite the file",
        ]
      : [];
  return {
    path,
    name: run.name,
    fingerprint: run.fingerprint,
    metric: run.metric,
    notices: [...run.notices, ...notices],
    changed: statSync(join(path, "journal.jsonl")).mtime,
    status: getStatus(isLocked(path), done, trials),
    done,
    failed,
    diverged: count("diverged"),
    pruned: count("pruned"),
    trials,
    best: best === undefined ? [] : getMetricValues(best.rows, run.metric),
    parameters: best?.parameters ?? {},
    set,
  };
}

function getStatus(isRunning: boolean, done: number, trials: number | undefined): RunStatus["status"] {
  if (isRunning) return "running";
  if (trials === undefined) return "unknown";
  return done >= trials ? "finished" : "stopped";
}
