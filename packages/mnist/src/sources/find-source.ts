import { readFileSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";

import type { LoadContext } from "../definition.ts";
import { DatasetError } from "../errors.ts";
import { unpacked } from "../files/gzip.ts";
import {
  fileNames,
  fileRoles,
  largestPublished,
  type FileRole,
  type Publication,
} from "../files/published.ts";
import { md5Of } from "./checksum.ts";
import { download, DownloadError } from "./download.ts";
import { findFiles, isComplete, missingFrom, type FoundFiles, type SourceFolder } from "./folder.ts";

/** Where the files of a data set are. */
export interface LocatedFiles {
  readonly paths: Readonly<Record<FileRole, string>>;
  /** The folder of a data set's own, or what another place is called. */
  readonly source: string;
  /** What to do when one of them is broken. */
  readonly remedy: string;
}

/** A data set that is published as four files, and where else they may be. */
export interface PublishedDataset {
  /** Its name, also of its folder below the data folder. */
  readonly name: string;
  readonly publication: Publication;
  /** Other places on the machine that may have the files, in the order in which they are looked at. */
  readonly places: readonly SourceFolder[];
}

/** What to do about a broken file of the data folder. */
const remedy = "Remove it or replace it with a whole copy, then run again.";

/** What was found on this machine. */
interface Search {
  /** Undefined where no place has all four. */
  readonly files: LocatedFiles | undefined;
  /** What `<dataFolder>/<name>/` has of them. */
  readonly ours: FoundFiles;
  /** A line for each place without all four. */
  readonly looked: readonly string[];
}

/**
 * Looks for the four files on this machine: in `<dataFolder>/<name>/`, else in one of the other places.
 * Throws DatasetError for a folder with other data that is not complete.
 */
export function findPublished(dataset: PublishedDataset, dataFolder: string): Search {
  const folder = join(dataFolder, dataset.name);
  const own: SourceFolder = { origin: "the data folder", folder, remedy };
  const looked: string[] = [];
  let ours: FoundFiles = {};
  for (const place of [own, ...dataset.places]) {
    const found = place.folder === undefined ? {} : findFiles(place.folder);
    if (isComplete(found)) {
      const source = place === own ? folder : place.origin;
      return { files: { paths: found, source, remedy: place.remedy }, ours, looked };
    }
    looked.push(`${place.origin} (${place.folder ?? "not installed"}): ${describe(found)}`);
    if (place === own) {
      requirePublished(found, own, dataset.publication);
      ours = found;
    }
  }
  return { files: undefined, ours, looked };
}

/**
 * Finds the four files on this machine, or downloads what is missing to `<dataFolder>/<name>/`. All four come
 * from one source: a folder with other data that is not complete is an error, never filled up from elsewhere.
 * Throws DatasetError.
 */
export async function locateFiles(dataset: PublishedDataset, context: LoadContext): Promise<LocatedFiles> {
  const { files, ours, looked } = findPublished(dataset, context.dataFolder);
  if (files !== undefined) return files;

  const folder = join(context.dataFolder, dataset.name);
  const missing = missingFrom(ours);
  const mirrors = context.mirrors ?? dataset.publication.mirrors;
  try {
    const { onProgress, signal, patience } = context;
    await download({
      folder,
      files: missing,
      md5: dataset.publication.md5,
      mirrors,
      onProgress,
      signal,
      patience,
    });
  } catch (error) {
    if (error instanceof DownloadError) throw unavailable(dataset.name, folder, looked, missing, error);
    throw error;
  }
  const complete = findFiles(folder);
  if (isComplete(complete)) return { paths: complete, source: folder, remedy };
  throw new DatasetError(
    `${folder}: expected the four files of ${dataset.name} that were just written, got ${describe(complete)}. ` +
      `Something else removes files there: run again when it has ended.`,
  );
}

/** Files that a person put there may be any data, but then all four must be there. */
function requirePublished(found: FoundFiles, { folder }: SourceFolder, { md5 }: Publication): void {
  for (const role of fileRoles) {
    const path = found[role];
    if (path === undefined || isPublished(path, md5[role])) continue;
    const missing = missingFrom(found).map((other) => fileNames[other]);
    throw new DatasetError(
      `${folder}: expected all four files of a data set, got ${describe(found)}. ` +
        `${fileNames[role]} is not the published one, so the rest is not fetched: ` +
        `put ${missing.join(", ")} beside it, or remove it.`,
    );
  }
}

function isPublished(path: string, md5: string): boolean {
  try {
    return md5Of(unpacked(readFileSync(path), largestPublished)) === md5;
  } catch {
    // Unreadable, or gzip data that does not unpack: in any case not the published file.
    return false;
  }
}

function describe(found: FoundFiles): string {
  const names = fileRoles.filter((role) => found[role] !== undefined).map((role) => fileNames[role]);
  return names.length === 0 ? "none of the files" : `only ${names.join(", ")}`;
}

function unavailable(
  name: string,
  folder: string,
  looked: readonly string[],
  missing: readonly FileRole[],
  error: DownloadError,
): DatasetError {
  return new DatasetError(
    [
      `${name}: expected its four files on this machine or on a server, got neither.`,
      `Looked in:`,
      ...looked.map((line) => `  ${line}`),
      `Tried to download ${error.file}:`,
      ...error.failures.map((line) => `  ${line}`),
      `To place them by hand, put ${missing.map((role) => fileNames[role]).join(", ")}`,
      `(as they are, or each with .gz) into ${folder}; data/README.md says where to get them.`,
    ].join("\n"),
    { cause: error },
  );
}
