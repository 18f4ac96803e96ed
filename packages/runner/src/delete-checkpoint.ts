import { rmSync } from "node:fs";
import { join } from "node:path";

import { wrapFileSystemErrors } from "@nn/results";
import { CHECKPOINT_FILE } from "@nn/training";

/** Deletes the checkpoint in a trial's folder, if there is one. Throws RunDirectoryError. */
export function deleteCheckpoint(trialFolder: string): void {
  const path = join(trialFolder, CHECKPOINT_FILE);
  wrapFileSystemErrors("delete", path, () => rmSync(path, { force: true }));
}
