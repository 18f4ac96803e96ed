import { entriesOf } from "#platform/entries";
import type { Module } from "@nn/platform/interfaces";

import {
  DefinitionFileError,
  definitionIn,
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
export const layers = readCatalog(layerKind, await entriesOf("layers"));
/** The built-in losses by type name, in alphabetical order. */
export const losses = readCatalog(lossKind, await entriesOf("losses"));
/** The built-in optimizers by type name, in alphabetical order. */
export const optimizers = readCatalog(optimizerKind, await entriesOf("optimizers"));
/** The built-in learning rate schedules by type name, in alphabetical order. */
export const schedules = readCatalog(scheduleKind, await entriesOf("schedules"));
/** The built-in initializers by type name, in alphabetical order. */
export const initializers = readCatalog(initializerKind, await entriesOf("initializers"));

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
 * Every definition in a folder, one per file. Throws DefinitionFileError for a file without one or a name
 * that is taken.
 */
function readCatalog<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  modules: ReadonlyMap<string, Module>,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [file, module] of modules) {
    const entry = definitionIn(kind, module, file);
    if (entries.has(entry.type)) {
      throw new DefinitionFileError(`${file}: there is another ${kind.noun} of type "${entry.type}".`);
    }
    entries.set(entry.type, entry);
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
