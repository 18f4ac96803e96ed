import type { Module } from "@nn/platform/interfaces";

import { DefinitionFileError, getExportedDefinition } from "./definition-file.ts";
import type { Definition, DefinitionKind } from "./definition.ts";

/**
 * Returns the entries of a catalog by type, sorted by type. `modules` are the modules of its folder by file
 * name, each with one definition. Throws DefinitionFileError for a module without exactly one valid
 * definition, and for a duplicate type.
 */
export function readCatalog<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  modules: ReadonlyMap<string, Module>,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [file, module] of modules) {
    const entry = getExportedDefinition(kind, module, file);
    if (entries.has(entry.type)) {
      throw new DefinitionFileError(`${file}: there is another ${kind.noun} of type "${entry.type}".`);
    }
    entries.set(entry.type, entry);
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
