import { readdirSync } from "node:fs";

import type { AugmentationDefinition } from "./augmentation.ts";
import type { DatasetDefinition } from "./definition.ts";

/** Every data set of the folder `datasets/`, by the name that an experiment file calls it. */
export const datasets: ReadonlyMap<string, DatasetDefinition> = await collect(
  new URL("./datasets/", import.meta.url),
);

/** Every augmentation of the folder `augment/`, by the name that an experiment file calls it. */
export const augmentations: ReadonlyMap<string, AugmentationDefinition> = await collect(
  new URL("./augment/", import.meta.url),
);

async function collect<Entry extends { readonly type: string }>(folder: URL): Promise<Map<string, Entry>> {
  const catalog = new Map<string, Entry>();
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  for (const file of files.sort()) {
    const module: Record<string, Entry> = await import(new URL(file, folder).href);
    for (const definition of Object.values(module)) catalog.set(definition.type, definition);
  }
  return catalog;
}
