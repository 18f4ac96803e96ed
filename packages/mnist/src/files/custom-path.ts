import { readdirSync, realpathSync, statSync } from "@nn/platform/files";
import { basename, dirname, resolve } from "@nn/platform/path";

import type { FileContext } from "../definition.ts";
import { DatasetError, getErrorReason } from "../errors.ts";

/** Maximum number of names in a folder that a message lists. */
const MAX_LISTED = 8;

/**
 * Maximum size of a file, 2 GiB. An array can have this size on every machine, and indices fit in 32 bits.
 */
export const MAX_FILE_SIZE = 2 ** 31;

/**
 * Returns the absolute path of a file that an option names. Throws DatasetError if it is not a regular file
 * or is larger than 2 GiB.
 */
export function resolveCustomFile(named: string, { experimentFolder = "." }: FileContext): string {
  const path = resolve(experimentFolder, named);
  const stats = statsOf(path, "a file");
  if (stats.isDirectory())
    throw new DatasetError(`${path}: expected a file, got a folder. Choose a file in it.`);
  if (!stats.isFile()) throw new DatasetError(`${path}: expected a regular file. Use a file on the disk.`);
  if (stats.size > MAX_FILE_SIZE) {
    throw new DatasetError(`${path}: expected at most 2 GiB, got ${stats.size} bytes. Use fewer images.`);
  }
  return path;
}

/**
 * Returns the absolute path of a folder that an option names. Throws DatasetError if it is not a folder.
 */
export function resolveCustomFolder(named: string, { experimentFolder = "." }: FileContext): string {
  const path = resolve(experimentFolder, named);
  if (statsOf(path, "a folder").isDirectory()) return path;
  throw new DatasetError(
    `${path}: expected a folder, got a file. Choose a folder that contains one folder per class.`,
  );
}

/**
 * Returns the names in a folder, sorted, without hidden files (names that start with a dot). Throws
 * DatasetError.
 */
export function listFileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort();
  } catch (error) {
    throw new DatasetError(
      `${folder}: expected a readable folder, got "${getErrorReason(error)}". Make it readable, or use another one.`,
      { cause: error },
    );
  }
}

/** Returns a notice if the training set and the test set are the same file or folder. */
export function getSameDataNotices(training: string, test: string, content = "data"): string[] {
  if (realpathSync(training) !== realpathSync(test)) return [];
  return [
    `the ${content} of the training set and of the test set are both ${test}, so the test metrics do not show how ` +
      "well networks classify new images; use other images for the test set",
  ];
}

function statsOf(path: string, wanted: string) {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) return stats;
  } catch (error) {
    throw new DatasetError(`${path}: expected ${wanted}, got "${getErrorReason(error)}". Correct the path.`, {
      cause: error,
    });
  }
  if (isNameIn(dirname(path), basename(path))) {
    throw new DatasetError(
      `${path}: expected ${wanted}, got a link to something that does not exist. Correct the link, or the path.`,
    );
  }
  throw new DatasetError(
    `${path}: expected ${wanted}, but it does not exist. ` +
      `Paths are relative to the file that contains them; ${thereIs(dirname(path))}.`,
  );
}

function isNameIn(folder: string, name: string): boolean {
  return (
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(folder).includes(name)
  );
}

/** Lists the nearest existing folder: `the folder /data has: a.csv, b.csv`. */
function thereIs(folder: string): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return dirname(folder) === folder ? "there is no such folder" : thereIs(dirname(folder));
  }
  const names = listFileNames(folder);
  if (names.length === 0) return `the folder ${folder} is empty`;
  return (
    `the folder ${folder} has: ` +
    `${names.slice(0, MAX_LISTED).join(", ")}${names.length > MAX_LISTED ? ", …" : ""}`
  );
}
