import { importCatalogModules } from "#platform/catalog-modules";
import { importDefinition, isDefinition, readCatalog, type DefinitionKind } from "@nn/catalog";

import type {
  InitializerDefinition,
  LayerDefinition,
  LossDefinition,
  OptimizerDefinition,
  ScheduleDefinition,
} from "./definition.ts";

/** The fields that identify a layer definition. */
export const layerKind: DefinitionKind<LayerDefinition> = {
  noun: "layer",
  defineFunction: "defineLayer",
  functions: ["plan"],
};
/** The fields that identify a loss definition. */
export const lossKind: DefinitionKind<LossDefinition> = {
  noun: "loss",
  defineFunction: "defineLoss",
  functions: ["check", "build"],
};
/** The fields that identify an optimizer definition. */
export const optimizerKind: DefinitionKind<OptimizerDefinition> = {
  noun: "optimizer",
  defineFunction: "defineOptimizer",
  functions: ["build"],
};
/** The fields that identify a schedule definition. */
export const scheduleKind: DefinitionKind<ScheduleDefinition> = {
  noun: "schedule",
  defineFunction: "defineSchedule",
  functions: ["build"],
};
/** The fields that identify an initializer definition. */
export const initializerKind: DefinitionKind<InitializerDefinition> = {
  noun: "initializer",
  defineFunction: "defineInitializer",
  functions: ["fill"],
};

// Each catalog is read from its folder at startup. To add an entry, add its file and test; there is no list
// to edit.
/** The built-in layers by type name, in alphabetical order. */
export const layers = readCatalog(layerKind, await importCatalogModules("layers"));
/** The built-in losses by type name, in alphabetical order. */
export const losses = readCatalog(lossKind, await importCatalogModules("losses"));
/** The built-in optimizers by type name, in alphabetical order. */
export const optimizers = readCatalog(optimizerKind, await importCatalogModules("optimizers"));
/** The built-in learning rate schedules by type name, in alphabetical order. */
export const schedules = readCatalog(scheduleKind, await importCatalogModules("schedules"));
/** The built-in initializers by type name, in alphabetical order. */
export const initializers = readCatalog(initializerKind, await importCatalogModules("initializers"));

/** Returns whether a value is a complete layer definition. */
export function isLayerDefinition(value: unknown): value is LayerDefinition {
  return isDefinition(layerKind, value);
}

/**
 * Loads a custom layer from a file that exports it. `path` is absolute or relative to the working directory.
 * Throws DefinitionFileError if the file is missing, throws an error, or exports no complete layer.
 */
export function loadLayerFile(path: string): Promise<LayerDefinition> {
  return importDefinition(layerKind, path);
}
