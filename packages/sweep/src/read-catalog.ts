import type { Module } from "@nn/platform/interfaces";

/** What every entry of a catalog has. */
interface Entry {
  readonly type: string;
}

/**
 * The entries of a catalog by type name, in alphabetical order. The catalog is the folder: a new entry is one
 * new file and its test, and no list to add it to. `isEntry` tells the export that is one from others;
 * `expected` says in an error what that is.
 */
export function readCatalog<Definition extends Entry>(
  modules: ReadonlyMap<string, Module>,
  isEntry: (value: unknown) => value is Definition,
  expected: string,
): ReadonlyMap<string, Definition> {
  const definitions: Definition[] = [];
  for (const [path, module] of modules) {
    const found = Object.values(module).filter(isEntry);
    const [definition] = found;
    if (definition === undefined || found.length > 1) {
      throw new Error(`${path}: expected ${expected}, got ${found.length}.`);
    }
    if (definitions.some(({ type }) => type === definition.type)) {
      throw new Error(`${path}: there is another one of type "${definition.type}".`);
    }
    definitions.push(definition);
  }
  definitions.sort((a, b) => (a.type < b.type ? -1 : 1));
  return new Map(definitions.map((definition) => [definition.type, definition]));
}

/**
 * Whether a value has what entries of every catalog have: a type, a description, options and a check of them.
 */
export function looksLikeEntry(value: unknown): value is Entry & object {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "description" in value &&
    "options" in value &&
    "check" in value &&
    typeof value.check === "function"
  );
}
