import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Definition, DefinitionKind } from "../definition.ts";
import { DefinitionFileError, importDefinition } from "./definition-file.ts";

/**
 * The entries of a catalog by type name, in alphabetical order. The catalog is the folder: one definition per
 * file, tests aside. Throws DefinitionFileError for a file without one or a name taken.
 */
export async function readCatalog<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  folder: URL,
): Promise<ReadonlyMap<string, Entry>> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const entries = new Map<string, Entry>();
  for (const file of files.sort()) {
    const path = fileURLToPath(new URL(file, folder));
    const entry = await importDefinition(kind, path);
    if (entries.has(entry.type)) {
      throw new DefinitionFileError(`${path}: there is another ${kind.noun} of type "${entry.type}".`);
    }
    entries.set(entry.type, entry);
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
