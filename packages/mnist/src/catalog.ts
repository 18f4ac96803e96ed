import { entriesOf } from "#platform/entries";
import { readCatalog, type DefinitionKind } from "@nn/catalog";

import type { AugmentationDefinition } from "./augmentation.ts";
import type { DatasetDefinition } from "./definition.ts";

/** How to recognize a definition of a data set. */
export const datasetKind: DefinitionKind<DatasetDefinition> = {
  noun: "data set",
  maker: "defineDataset",
  functions: ["describe", "find", "load"],
};
/** How to recognize a definition of an augmentation. */
export const augmentationKind: DefinitionKind<AugmentationDefinition> = {
  noun: "augmentation",
  maker: "defineAugmentation",
  functions: ["plan"],
};

/** Every data set of the folder `datasets/`, by the name that an experiment file calls it. */
export const datasets = readCatalog(datasetKind, await entriesOf("datasets"));

/** Every augmentation of the folder `augment/`, by the name that an experiment file calls it. */
export const augmentations = readCatalog(augmentationKind, await entriesOf("augment"));
