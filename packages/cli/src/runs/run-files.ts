import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import { BEST_EXPERIMENT_FILE } from "@nn/runner";
import {
  CHECKPOINT_FILE,
  NETWORK_FILE,
  OUTPUTS_FILE,
  PROFILE_FILE,
  TEST_TABLES,
  TRACE_FILE,
  VALIDATION_TABLES,
} from "@nn/training";

import { isRun } from "./find-run.ts";

/** The files that a run writes into its folder. */
const RUN_FILES: ReadonlySet<string> = new Set([
  "journal.jsonl",
  "lock",
  "redis-run-id",
  "results.csv",
  "epochs.csv",
  "timings.csv",
  "experiment.yaml",
  "environment.json",
  BEST_EXPERIMENT_FILE,
  PROFILE_FILE,
  TRACE_FILE,
]);

/** The files that a run writes into the folder of a trial. */
const TRIAL_FILES: ReadonlySet<string> = new Set([
  NETWORK_FILE,
  OUTPUTS_FILE,
  CHECKPOINT_FILE,
  "model-card.md",
  "error.txt",
  ...TEST_TABLES,
  ...VALIDATION_TABLES,
]);

/**
 * Returns the folder of the run that `file` belongs to: that writes and reads a file of this path. Links are
 * followed, and the file need not exist. Returns undefined for all other files, also in the folder of a run.
 */
export function findOwningRun(file: string): string | undefined {
  const path = followLinks(file);
  const [folder, above] = [dirname(path), dirname(dirname(dirname(path)))];
  const name = basename(path);
  if (isRun(folder) && RUN_FILES.has(name)) return folder;
  if (!isRun(above)) return undefined;
  const [kind] = relative(above, path).split(sep);
  return kind === "tensorboard" || (kind === "trials" && TRIAL_FILES.has(name)) ? above : undefined;
}

/** Returns the real path of a file, or of the folder that it would be in. */
function followLinks(file: string): string {
  for (const [known, rest] of [
    [file, ""],
    [dirname(resolve(file)), basename(file)],
  ] as const) {
    try {
      return join(realpathSync(known), rest);
    } catch {
      // It does not exist, or cannot be reached.
    }
  }
  return resolve(file);
}
