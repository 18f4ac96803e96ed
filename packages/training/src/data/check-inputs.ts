import { readFileSync } from "@nn/platform/files";
import { createHash } from "@nn/platform/hash";
import { resolve } from "@nn/platform/path";
import { RunDirectoryError, wrapFileSystemErrors } from "@nn/results";

import { collectCustomTypes } from "../custom/custom-types.ts";
import type { InMemoryDataset } from "../training-runtime.ts";
import type { TrialSpec } from "../trial-spec.ts";

/** SHA-256, in hexadecimal, of what a run has read besides its experiment file. */
export interface InputHashes {
  /** Of the data sets, by name (`computeDigest`). */
  readonly data: Readonly<Record<string, string>>;
  /** Of the files of custom parts, by path as in the spec. */
  readonly files: Readonly<Record<string, string>>;
}

// A run may take hours, and reads its data and custom parts again whenever a worker process starts. Trials
// that were trained on a changed file would be recorded, and reused, as trials of the original one.

/** Throws RunDirectoryError if a data set is not the one that the run has recorded. */
export function requireSameData(dataset: InMemoryDataset, { data }: InputHashes): void {
  const { name } = dataset;
  const there = data[name];
  const here = dataset.digest();
  if (there === here) return;
  throw new RunDirectoryError(
    "other-data",
    `the data set ${name} has changed during this run.\n` +
      `  then  ${there === undefined ? "not recorded" : `SHA-256 ${there.slice(0, 12)}…`}\n` +
      `  now   SHA-256 ${here.slice(0, 12)}…\n` +
      "The run has stopped. Restore the data, then run the same command again to resume, or start over with --fresh.",
  );
}

/**
 * Throws RunDirectoryError if the file of a custom part is not the one that the run has loaded. `folder`: the
 * folder that the paths are relative to.
 */
export function requireSameFiles(spec: TrialSpec, folder: string, { files }: InputHashes): void {
  for (const path of new Set(collectCustomTypes(spec))) {
    const file = resolve(folder, path);
    const bytes = wrapFileSystemErrors("read", file, () => readFileSync(file));
    if (createHash("sha256").update(bytes).digest("hex") === files[path]) continue;
    throw new RunDirectoryError(
      "custom-part",
      `${path} has changed during this run. The run has stopped, because its trials would not be comparable. ` +
        "Undo the change, then run the same command again to resume. With the change, the same command starts " +
        "another run.",
    );
  }
}
