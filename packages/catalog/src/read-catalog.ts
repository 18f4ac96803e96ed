import type { Module } from "@nn/platform/interfaces";

import { DefinitionFileError, definitionIn } from "./definition-file.ts";
import type { Definition, DefinitionKind } from "./definition.ts";

/**
 * Returns the entries of a catalog by type, in alphabetical order. `modules` are the files of its folder by
 * name, with one definition each. Throws DefinitionFileError for a file without a definition and for a
 * duplicate type.
 */
export function readCatalog<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  modules: ReadonlyMap<string, Module>,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [file, module] of modules) {
    const entry = definitionIn(kind, module, file);
    if (entries.has(entry.type)) {
      throw new DefinitionFileError(`${file}: there is another ${kind.noun} of type "${entry.type}".`);
    }
    entries.set(entry.type, entry);
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
