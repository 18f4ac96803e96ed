import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from "node:fs";

import { ExperimentError } from "@nn/experiment";
import { getErrorReason } from "@nn/mnist";
import { RunDirectoryError, writeFileAtomically } from "@nn/results";

import { findOwningRun } from "../runs/run-files.ts";
import { toUnwritableError } from "../terminal/unwritable-error.ts";

/** The conditions under which a command replaces an existing file. */
export interface ReplaceOptions {
  /** True if the user gave `--force`. */
  readonly force?: boolean | undefined;
  /** Returns whether the command itself wrote a file with this start and this end. Default: never. */
  readonly isOwn?: (start: string, end: string) => boolean;
  /** Description of the files that `isOwn` recognizes, such as "a report of this program". */
  readonly own?: string;
}

/** Number of bytes that `isOwn` gets from the start and from the end of a file, one character per byte. */
const BYTES = 1024;

/**
 * Checks the output file of a command. Returns whether it exists and will be replaced. Throws ExperimentError
 * if the path is a folder, a pipe, a device or a broken link. Also throws it if the command may not replace
 * the file. Call this function before any long work.
 */
export function checkOutputFile(file: string, { force = false, isOwn, own }: ReplaceOptions = {}): boolean {
  const run = findOwningRun(file);
  // The run could no longer be used, resumed or verified, and nothing would say why.
  if (run !== undefined)
    throwProblem(
      "--out",
      `${file} is a file of the run ${run}, which no other command may replace`,
      "Give another file.",
    );
  const stats = getStats(file);
  if (stats === undefined) {
    if (isLink(file))
      throwProblem(
        "--out",
        `${file} is a symbolic link to no file`,
        "Delete the link, or give another file.",
      );
    return false;
  }
  if (stats.isDirectory()) throwProblem("--out", `${file} is a folder`, "Give a file in it.");
  if (!stats.isFile())
    throwProblem("--out", `${file} is a pipe, a socket or a device`, "Give the name of a file.");
  if (force || isOwn?.(...readEnds(file)) === true) return true;
  throwProblem(
    file,
    own === undefined ? "this file already exists" : `this file already exists and is not ${own}`,
    "Replace it with --force, or write to another file with --out FILE.",
  );
}

/**
 * Throws ExperimentError if `--out` ends with none of `extensions`. `kind` is used in the message, such as "a
 * PNG file".
 */
export function checkOutputExtension(file: string, extensions: readonly string[], kind: string): void {
  if (extensions.some((extension) => file.toLowerCase().endsWith(extension))) return;
  const message = `"${file}" does not end with ${extensions[0]}`;
  throw new ExperimentError([{ place: "--out", message, expected: `the name of ${kind}` }]);
}

/**
 * Writes the output file of a command, atomically. If it is a symbolic link, replaces the file that the link
 * points to. Throws UnwritableError, with advice about `--out FILE`.
 */
export function writeOutputFile(file: string, content: string | Uint8Array): void {
  try {
    writeFileAtomically(getStats(file) === undefined ? file : realpathSync(file), content);
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
    throw toUnwritableError(file, error, "Choose another file with --out.");
  }
}

/** Returns undefined if there is no file, or if it cannot be reached. */
function getStats(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // Writing the file reports the reason.
  }
}

/** Whether the path is that of a symbolic link. Throws ExperimentError if it cannot be reached. */
function isLink(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch (error) {
    throwProblem("--out", `${file} cannot be written (${getErrorReason(error)})`, "Give another file.");
  }
}

function readEnds(file: string): [start: string, end: string] {
  const bytes = Buffer.alloc(BYTES);
  try {
    const opened = openSync(file, "r");
    const readAt = (position: number): string =>
      bytes.toString("latin1", 0, readSync(opened, bytes, 0, BYTES, position));
    try {
      return [readAt(0), readAt(Math.max(0, fstatSync(opened).size - BYTES))];
    } finally {
      closeSync(opened);
    }
  } catch {
    return ["", ""]; // If a file cannot be read, it is not known whether the command wrote it.
  }
}

function throwProblem(place: string, message: string, advice: string): never {
  throw new ExperimentError([{ place, message, advice }]);
}
