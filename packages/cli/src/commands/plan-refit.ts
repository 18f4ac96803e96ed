import { dirname } from "node:path";

import { ExperimentError, loadExperimentPlan } from "@nn/experiment";
import { findDataSources, hashCustomParts, prepareData } from "@nn/training";

import { readDataHashes } from "../runs/data-hashes.ts";
import { resolveDataFolder } from "./data-folder.ts";
import type { ExperimentOptions } from "./experiment.ts";
import { findNetwork } from "./find-network.ts";

/**
 * Checks the experiment that refit trains: the file `best` of a run, changed by `set`. Returns notices about
 * data and custom parts that differ from those of the sweep. Throws ExperimentError and DatasetError.
 */
export async function planRefit(
  run: string,
  best: string,
  set: readonly string[],
  options: ExperimentOptions,
): Promise<string[]> {
  const { experiment } = await loadRefit(best, set);
  const experimentFolder = dirname(best);
  const context = { dataFolder: resolveDataFolder(options), experimentFolder };
  const notices: string[] = [];

  const recorded = new Set(readDataHashes(run).values());
  if (recorded.size > 0 && findDataSources(experiment.datasets, context).every(({ isHere }) => isHere)) {
    const data = await prepareData(experiment.datasets, context, new AbortController().signal, () => {});
    for (const { name, source, sha256 } of data) {
      if (!recorded.has(sha256)) notices.push(`${name} (${source}) ${CHANGED} data`);
    }
  }
  const parts = new Set(Object.values(findCustomParts(run)));
  if (parts.size > 0) {
    for (const [path, hash] of Object.entries(hashCustomParts(experiment.trials[0]!.spec, experimentFolder)))
      if (!parts.has(hash)) notices.push(`${path} ${CHANGED} file`);
  }
  return notices;
}

const CHANGED = "has changed since the sweep, which chose the best configuration with the earlier";

/** Returns the SHA-256 of the custom parts of the best network by path. Empty if the network was not kept. */
function findCustomParts(run: string): Readonly<Record<string, string>> {
  try {
    return findNetwork(run).network.customParts ?? {};
  } catch (error) {
    if (error instanceof ExperimentError) return {};
    throw error;
  }
}

/** Loads the experiment. An error says that it is about the best configuration, and what to do. */
async function loadRefit(best: string, set: readonly string[]): ReturnType<typeof loadExperimentPlan> {
  try {
    return await loadExperimentPlan(best, { set });
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    throw new ExperimentError(
      error.problems.map(({ place, message, expected, advice }) => ({
        // The arguments in `set` are not the user's.
        place: typeof place !== "string" && place.source.kind === "argument" ? best : place,
        message: `refit cannot train the best configuration on all images: ${message}`,
        expected,
        advice:
          `${advice === undefined ? "" : `${advice} `}To train it, change a copy of ${best}, ` +
          "and set dataset.validation to 0 there.",
      })),
    );
  }
}
