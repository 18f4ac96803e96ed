import { readFileSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";

import type { LoadContext } from "../definition.ts";
import { DatasetError } from "../errors.ts";
import { decompress } from "../files/gzip.ts";
import {
  fileNames,
  fileRoles,
  maxPublishedSize,
  type FileRole,
  type DownloadMirrors,
} from "../files/published.ts";
import { computeMd5 } from "./checksum.ts";
import { download, DownloadError } from "./download.ts";
import { findFiles, isComplete, getMissingRoles, type FoundFiles, type SourceFolder } from "./folder.ts";

/** The files of a data set and their location. */
export interface DatasetFiles {
  readonly paths: Readonly<Record<FileRole, string>>;
  /** The folder of the data set, or the name of another place. */
  readonly source: string;
  /** Advice if one of the files is damaged. */
  readonly remedy: string;
}

/** A data set that is published as four files, and the places to search. */
export interface PublishedDataset {
  /** Its name, also the name of its folder in the data folder. */
  readonly name: string;
  readonly publication: DownloadMirrors;
  /** Other places on the machine that may have the files, in the order in which they are searched. */
  readonly places: readonly SourceFolder[];
}

/** Advice for a damaged file in the data folder. */
const remedy = "Remove it or replace it with a complete copy, then run again.";

/** The result of searching this machine. */
interface Search {
  /** All four files; undefined if no place has all of them. */
  readonly files: DatasetFiles | undefined;
  /** The files that `<dataFolder>/<name>/` has. */
  readonly ours: FoundFiles;
  /** One line per place that lacks some of the files. */
  readonly looked: readonly string[];
}

/**
 * Searches this machine for the four files: first `<dataFolder>/<name>/`, then the other places. Throws
 * DatasetError if the data folder has only some of the files, and one of them is not a published file.
 */
export function findPublishedFiles(dataset: PublishedDataset, dataFolder: string): Search {
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
 * Finds the four files on this machine, or downloads the missing ones to `<dataFolder>/<name>/`. All four
 * come from one source: incomplete custom data in the folder is an error, and is never completed with
 * published files. Throws DatasetError.
 */
export async function findOrDownloadFiles(
  dataset: PublishedDataset,
  context: LoadContext,
): Promise<DatasetFiles> {
  const { files, ours, looked } = findPublishedFiles(dataset, context.dataFolder);
  if (files !== undefined) return files;

  const folder = join(context.dataFolder, dataset.name);
  const missing = getMissingRoles(ours);
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
      `Another program removes files there: run again after it has ended.`,
  );
}

/**
 * Throws DatasetError if one of these files is not a published file. Users may put other data there, but must
 * provide all four files.
 */
function requirePublished(found: FoundFiles, { folder }: SourceFolder, { md5 }: DownloadMirrors): void {
  for (const role of fileRoles) {
    const path = found[role];
    if (path === undefined || isPublished(path, md5[role])) continue;
    const missing = getMissingRoles(found).map((other) => fileNames[other]);
    throw new DatasetError(
      `${folder}: expected all four files of a data set, got ${describe(found)}. ` +
        `${fileNames[role]} is not the published file, so the others are not downloaded: ` +
        `put ${missing.join(", ")} beside it, or remove it.`,
    );
  }
}

function isPublished(path: string, md5: string): boolean {
  try {
    return computeMd5(decompress(readFileSync(path), maxPublishedSize)) === md5;
  } catch {
    // The file is unreadable or damaged gzip data, so it is not the published file.
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
