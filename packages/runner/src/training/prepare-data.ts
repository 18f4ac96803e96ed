import type { DownloadProgress } from "@nn/mnist";

import type { TrialSpec } from "../experiment.ts";
import { loadDataset } from "./workbench.ts";

/**
 * Makes sure that the data sets of these trials are there and whole, before any process asks for them: what is missing is
 * downloaded once and not by each, what is broken is said once. Throws DatasetError, or the signal's reason.
 */
export async function prepareData(
  specs: readonly TrialSpec[],
  dataFolder: string,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<void> {
  const choices = new Map(specs.map(({ dataset }) => [JSON.stringify(dataset), dataset]));
  for (const choice of choices.values()) await loadDataset(choice, dataFolder, { signal, onProgress });
}
