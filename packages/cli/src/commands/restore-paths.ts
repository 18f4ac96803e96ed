import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { ExperimentError, relocateSpec } from "@nn/experiment";
import { RunDirectoryError } from "@nn/results";
import { isRecord } from "@nn/training";

import { findNetwork } from "./find-network.ts";

/**
 * Returns the content of the best.yaml of a run with paths of data and custom parts that exist. The paths are
 * relative to the run's folder, so they do not lead to the files if the folder was copied. `evaluate` finds
 * the files relative to the experiment file, whose path is in environment.json, and this function likewise.
 */
export function restorePaths(
  best: Readonly<Record<string, unknown>>,
  run: string,
): Readonly<Record<string, unknown>> {
  try {
    const { network, experimentFolder } = findNetwork(run);
    const folder = resolve(run);
    const restored = chooseExisting(best, relocateSpec(network.spec, experimentFolder, folder), folder);
    return isRecord(restored) ? restored : best;
  } catch (error) {
    // No network was kept, so the paths of the data are only in best.yaml.
    if (error instanceof ExperimentError || error instanceof RunDirectoryError) return best;
    throw error;
  }
}

/** Replaces each text that is not an existing path by the text at its position in `other`, if that is one. */
function chooseExisting(value: unknown, other: unknown, folder: string): unknown {
  if (typeof value === "string" && typeof other === "string") {
    const isThere = (path: string): boolean => existsSync(resolve(folder, path));
    return value !== other && !isThere(value) && isThere(other) ? other : value;
  }
  if (Array.isArray(value) && Array.isArray(other))
    return value.map((item: unknown, index) => chooseExisting(item, other[index], folder));
  if (!isRecord(value) || !isRecord(other)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, chooseExisting(each, other[key], folder)]);
  return Object.fromEntries(entries);
}
