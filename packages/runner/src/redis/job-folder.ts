import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { wrapFileSystemErrors, writeFileAtomically, writeFilesAtomically } from "@nn/results";
import { CHECKPOINT_FILE, decodeCheckpoint, getCheckpointProgress } from "@nn/training";

import { deleteCheckpoint } from "../delete-checkpoint.ts";
import { WorkerCrash } from "../processes/worker-process.ts";

/**
 * The file names that a trial can produce. A file that a worker sends with another name is never written to
 * this machine.
 */
const FILE_NAME = /^[a-z0-9][a-z0-9-]*\.(safetensors|csv)$/;

/** Reads the checkpoint in a trial's folder. Returns undefined if there is none. Throws RunDirectoryError. */
export function readJobCheckpoint(trialFolder: string): Buffer | undefined {
  const path = join(trialFolder, CHECKPOINT_FILE);
  return existsSync(path) ? wrapFileSystemErrors("read", path, () => readFileSync(path)) : undefined;
}

/**
 * Returns whether `checkpoint` is at a later step than `other`. Both must be of the same training. Also true
 * if only `checkpoint` is valid.
 */
export function isLaterCheckpoint(checkpoint: Uint8Array, other: Uint8Array | undefined): boolean {
  const [first, second] = [checkpoint, other].map((bytes) => {
    try {
      return bytes && decodeCheckpoint(bytes, CHECKPOINT_FILE);
    } catch {
      return undefined; // Training cannot resume from an invalid checkpoint.
    }
  });
  if (first === undefined || (second !== undefined && second.training !== first.training)) return false;
  const [one, two] = [getCheckpointProgress(first), second && getCheckpointProgress(second)];
  return two === undefined || one.epoch > two.epoch || (one.epoch === two.epoch && one.seen > two.seen);
}

/**
 * Writes a checkpoint into a trial's folder, atomically. Throws RunDirectoryError if it cannot be written.
 */
export function writeCheckpointTo(trialFolder: string, bytes: Uint8Array): void {
  writeFileAtomically(join(trialFolder, CHECKPOINT_FILE), bytes);
}

/**
 * Writes the files of a trial into its folder. Throws RunDirectoryError, and WorkerCrash for a file name that
 * no trial produces.
 */
export async function writeFiles(
  trialFolder: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  for (const name of Object.keys(files)) {
    if (!FILE_NAME.test(name))
      throw new WorkerCrash(`a worker sent the file "${name}", which no trial produces`);
  }
  await writeFilesAtomically(Object.entries(files).map(([name, bytes]) => [join(trialFolder, name), bytes]));
  // The network of a diverged trial is useless. A local process also keeps no checkpoint in this case.
  if (files[CHECKPOINT_FILE] === undefined) deleteCheckpoint(trialFolder);
}
