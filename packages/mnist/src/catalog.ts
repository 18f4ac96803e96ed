import type { DefinitionKind } from "@nn/catalog";
import { readCatalog } from "@nn/catalog/node";

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
export const datasets = await readCatalog(datasetKind, new URL("./datasets/", import.meta.url));

/** Every augmentation of the folder `augment/`, by the name that an experiment file calls it. */
export const augmentations = await readCatalog(augmentationKind, new URL("./augment/", import.meta.url));
