import { readdirSync } from "node:fs";

/** What every entry of a catalog has. */
interface Entry {
  readonly type: string;
}

/**
 * The entries of a catalog by type name, in alphabetical order. The catalog is the folder: a new entry is one
 * new file and its test, and no list to add it to. `isEntry` tells the export that is one from others;
 * `expected` says in an error what that is.
 */
export async function readCatalog<Definition extends Entry>(
  folder: URL,
  isEntry: (value: unknown) => value is Definition,
  expected: string,
): Promise<ReadonlyMap<string, Definition>> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const definitions: Definition[] = [];
  for (const file of files) {
    const url = new URL(file, folder);
    const path = url.pathname.split("/").slice(-2).join("/");
    const module: Record<string, unknown> = await import(url.href);
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
