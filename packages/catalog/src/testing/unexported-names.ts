import { readdirSync, readFileSync } from "node:fs";

/**
 * Returns the values that the entries in a catalog's folder import from other files of the package but that
 * the package does not export. A custom part could not use these values. Ignores files in a folder with an
 * entry's name, because only that entry uses them.
 */
export function findUnexportedNames(folder: URL, exported: object): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const entries = files.map((file) => file.slice(0, -".ts".length));
  const missing = new Set<string>();
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const [, names = "", from = ""] of text.matchAll(/^import \{([^}]*)\} from "(\.[^"]+)";/gm)) {
      // Other entries are in the catalog, and only an entry itself uses its folder.
      if (entries.some((entry) => from === `./${entry}.ts` || from.startsWith(`./${entry}/`))) continue;
      for (const each of names.split(",")) {
        const [name = ""] = each.trim().split(" ");
        if (name !== "" && name !== "type" && !(name in exported)) missing.add(`${name} of ${from}`);
      }
    }
  }
  return [...missing];
}
