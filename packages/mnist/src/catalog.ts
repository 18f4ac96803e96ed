import { readdirSync } from "node:fs";

import type { DatasetDefinition } from "./definition.ts";

/** Every data set of the folder `datasets/`, by the name that an experiment file calls it. */
export const datasets: ReadonlyMap<string, DatasetDefinition> = await collect(
  new URL("./datasets/", import.meta.url),
);

async function collect(folder: URL): Promise<Map<string, DatasetDefinition>> {
  const catalog = new Map<string, DatasetDefinition>();
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  for (const file of files.sort()) {
    const module: Record<string, DatasetDefinition> = await import(new URL(file, folder).href);
    for (const definition of Object.values(module)) catalog.set(definition.type, definition);
  }
  return catalog;
}
