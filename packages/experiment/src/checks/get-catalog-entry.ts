import type { PartSpec } from "@nn/training";

/** Returns the catalog entry that a block names. The schema check guarantees that the entry exists. */
export function getCatalogEntry<Entry>(catalog: ReadonlyMap<string, Entry>, { type }: PartSpec): Entry {
  const entry = catalog.get(type);
  if (entry === undefined)
    throw new Error(`There is no catalog entry "${type}", but the schema accepted it.`);
  return entry;
}
