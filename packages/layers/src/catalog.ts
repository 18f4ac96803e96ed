import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import {
  DefinitionFileError,
  importDefinition,
  isDefinition,
  type DefinitionKind,
} from "./definition-file.ts";
import type {
  Definition,
  InitializerDefinition,
  LayerDefinition,
  LossDefinition,
  OptimizerDefinition,
  ScheduleDefinition,
} from "./definition.ts";

const layerKind: DefinitionKind<LayerDefinition> = {
  noun: "layer",
  maker: "defineLayer",
  functions: ["plan"],
};
const lossKind: DefinitionKind<LossDefinition> = {
  noun: "loss",
  maker: "defineLoss",
  functions: ["check", "build"],
};
const optimizerKind: DefinitionKind<OptimizerDefinition> = {
  noun: "optimizer",
  maker: "defineOptimizer",
  functions: ["build"],
};
const scheduleKind: DefinitionKind<ScheduleDefinition> = {
  noun: "schedule",
  maker: "defineSchedule",
  functions: ["build"],
};
const initializerKind: DefinitionKind<InitializerDefinition> = {
  noun: "initializer",
  maker: "defineInitializer",
  functions: ["fill"],
};

// A catalog is its folder, read at start: a new entry is one new file and its test, and no list to add it to.
/** The built-in layers by type name, in alphabetical order. */
export const layers = await readCatalog(layerKind, new URL("./layers/", import.meta.url));
/** The built-in losses by type name, in alphabetical order. */
export const losses = await readCatalog(lossKind, new URL("./losses/", import.meta.url));
/** The built-in optimizers by type name, in alphabetical order. */
export const optimizers = await readCatalog(optimizerKind, new URL("./optimizers/", import.meta.url));
/** The built-in learning rate schedules by type name, in alphabetical order. */
export const schedules = await readCatalog(scheduleKind, new URL("./schedules/", import.meta.url));
/** The built-in initializers by type name, in alphabetical order. */
export const initializers = await readCatalog(initializerKind, new URL("./initializers/", import.meta.url));

/** Whether a value can stand among `layers`. */
export function isLayerDefinition(value: unknown): value is LayerDefinition {
  return isDefinition(layerKind, value);
}

/**
 * A layer of one's own, from a file that exports it: the same door as the catalog's. `path` is absolute or
 * relative to the working directory. Throws DefinitionFileError when the file is missing, throws, or exports
 * no complete layer.
 */
export function loadLayerFile(path: string): Promise<LayerDefinition> {
  return importDefinition(layerKind, path);
}

/**
 * Every definition in a folder, one a file, tests aside. Throws DefinitionFileError for a file without one or
 * a name taken.
 */
export async function readCatalog<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  folder: URL,
): Promise<ReadonlyMap<string, Entry>> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const entries = new Map<string, Entry>();
  for (const file of files.sort()) {
    const path = fileURLToPath(new URL(file, folder));
    const entry = await importDefinition(kind, path);
    if (entries.has(entry.type)) {
      throw new DefinitionFileError(`${path}: there is another ${kind.noun} of type "${entry.type}".`);
    }
    entries.set(entry.type, entry);
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
