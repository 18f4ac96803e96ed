import { getWorkingFolder } from "@nn/platform/host";
import { isAbsolute, join, relative } from "@nn/platform/path";

import { datasets, computeDigest, type DownloadProgress, type FileContext } from "@nn/mnist";
import type { DatasetRecord } from "@nn/results";

import type { TrialSpec } from "../trial-spec.ts";
import { loadDataset } from "../training-runtime.ts";

/** The source of a data set, before the data set is read. */
export interface DataSource {
  readonly name: string;
  /**
   * Location of its files on this machine, or the folder to which they will be downloaded: a name, or a path
   * (relative if possible).
   */
  readonly place: string;
  readonly isHere: boolean;
}

/** The block of a data set in an experiment. */
type DatasetBlock = TrialSpec["dataset"];

/**
 * Returns the sources of these data sets. Does not read images and does not download. Throws DatasetError.
 */
export function findDataSources(blocks: readonly DatasetBlock[], context: FileContext): DataSource[] {
  const sources = new Map<string, DataSource>();
  for (const { type: name, ...options } of blocks) {
    const source = datasets.get(name)?.find(options, context);
    const place = shown(source ?? join(context.dataFolder, name));
    sources.set(`${name} ${place}`, { name, place, isHere: source !== undefined });
  }
  return [...sources.values()];
}

/**
 * Downloads those of these data sets that are missing, and checks that all are complete. Call it before
 * starting worker processes, so that each data set is downloaded once and each error is reported once.
 * Returns the name, source and digest of each data set. Throws DatasetError, or the signal's reason.
 */
export async function prepareData(
  blocks: readonly DatasetBlock[],
  context: FileContext,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<DatasetRecord[]> {
  // The images do not depend on how many of them are held out, or on whether they are normalized.
  const choices = new Map(
    blocks.map((block) => [JSON.stringify({ ...block, validation: 0, normalize: false }), block]),
  );
  const identities = new Map<string, DatasetRecord>();
  for (const choice of choices.values()) {
    const dataset = await loadDataset(choice, { ...context, signal, onProgress });
    const { name, classNames } = dataset;
    if (identities.has(name)) continue;
    const identity = { name, source: shown(dataset.source), sha256: computeDigest(dataset) };
    identities.set(name, classNames === undefined ? identity : { ...identity, classes: classNames });
  }
  return [...identities.values()];
}

/** Returns a relative path for a path in the working folder, and any other path unchanged. */
function shown(source: string): string {
  if (!isAbsolute(source)) return source;
  const path = relative(getWorkingFolder(), source);
  return path.startsWith("..") || isAbsolute(path) ? source : path;
}
