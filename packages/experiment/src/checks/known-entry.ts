import type { Choice } from "@nn/training";

/** Returns the entry that a checked block names. The schema check has made sure that it exists. */
export function catalogEntry<Entry>(catalog: ReadonlyMap<string, Entry>, { type }: Choice): Entry {
  const entry = catalog.get(type);
  if (entry === undefined) throw new Error(`no catalog entry "${type}": the schema lets none through`);
  return entry;
}
