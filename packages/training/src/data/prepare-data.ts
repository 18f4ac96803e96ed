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

/**
 * Returns the sources of the data sets of these trials. Does not read images and does not download. Throws
 * DatasetError.
 */
export function findDataSources(specs: readonly TrialSpec[], context: FileContext): DataSource[] {
  const sources = new Map<string, DataSource>();
  for (const { dataset } of specs) {
    const { type: name, ...options } = dataset;
    const source = datasets.get(name)?.find(options, context);
    const place = shown(source ?? join(context.dataFolder, name));
    sources.set(`${name} ${place}`, { name, place, isHere: source !== undefined });
  }
  return [...sources.values()];
}

/**
 * Downloads missing data sets of these trials and checks that all are complete. Call it before starting
 * worker processes, so that each data set is downloaded once and each error is reported once. Returns the
 * name, source and digest of each data set. Throws DatasetError, or the signal's reason.
 */
export async function prepareData(
  specs: readonly TrialSpec[],
  context: FileContext,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<DatasetRecord[]> {
  const choices = new Map(specs.map(({ dataset }) => [JSON.stringify(dataset), dataset]));
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
