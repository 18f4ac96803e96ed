import { existsSync, statSync } from "node:fs";

import { ExperimentError } from "@nn/experiment";
import { RunDirectoryError, writeFileAtomically } from "@nn/results";

import { toUnwritableError } from "../terminal/unwritable-error.ts";

/** Throws ExperimentError if `--out`, which names a file, is a folder. Call it before any long work. */
export function checkOutputFile(out: string | undefined): void {
  if (out === undefined || !existsSync(out) || !statSync(out).isDirectory()) return;
  throw new ExperimentError([
    { place: "--out", message: `${out} is a folder`, advice: "Give a file in it." },
  ]);
}

/**
 * Writes the file that a command produces for the user, whole or not at all. Throws UnwritableError: its
 * advice is about `--out FILE`, and not about a run that resumes.
 */
export function writeOutputFile(file: string, content: string | Uint8Array): void {
  try {
    writeFileAtomically(file, content);
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
    throw toUnwritableError(file, error, "Choose another file with --out.");
  }
}
