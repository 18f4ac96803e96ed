import type { Choice } from "@nn/training";

/** The entry that a checked block names. The schema has seen to it that there is one. */
export function catalogEntry<Entry>(catalog: ReadonlyMap<string, Entry>, { type }: Choice): Entry {
  const entry = catalog.get(type);
  if (entry === undefined) throw new Error(`no catalog entry "${type}": the schema lets none through`);
  return entry;
}
