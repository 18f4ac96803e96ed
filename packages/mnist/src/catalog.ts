import { importCatalogModules } from "#platform/catalog-modules";
import { readCatalog, type DefinitionKind } from "@nn/catalog";

import type { AugmentationDefinition } from "./augmentation.ts";
import type { DatasetDefinition } from "./definition.ts";

/** How to recognize a data set definition. */
export const datasetKind: DefinitionKind<DatasetDefinition> = {
  noun: "data set",
  defineFunction: "defineDataset",
  functions: ["describe", "find", "load"],
};
/** How to recognize an augmentation definition. */
export const augmentationKind: DefinitionKind<AugmentationDefinition> = {
  noun: "augmentation",
  defineFunction: "defineAugmentation",
  functions: ["plan"],
};

/** The data sets in the folder `datasets/`, by their names in an experiment file. */
export const datasets = readCatalog(datasetKind, await importCatalogModules("datasets"));

/** The augmentations in the folder `augment/`, by their names in an experiment file. */
export const augmentations = readCatalog(augmentationKind, await importCatalogModules("augment"));
