import { entriesOf } from "#platform/entries";
import type { Module } from "@nn/platform/interfaces";

import type { AugmentationDefinition } from "./augmentation.ts";
import type { DatasetDefinition } from "./definition.ts";

/** Every data set of the folder `datasets/`, by the name that an experiment file calls it. */
export const datasets: ReadonlyMap<string, DatasetDefinition> = collect(await entriesOf("datasets"));

/** Every augmentation of the folder `augment/`, by the name that an experiment file calls it. */
export const augmentations: ReadonlyMap<string, AugmentationDefinition> = collect(await entriesOf("augment"));

function collect<Entry extends { readonly type: string }>(
  modules: ReadonlyMap<string, Module>,
): Map<string, Entry> {
  const catalog = new Map<string, Entry>();
  for (const module of modules.values()) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these files export definitions alone
    for (const definition of Object.values(module) as Entry[]) catalog.set(definition.type, definition);
  }
  return catalog;
}
