import { readdirSync, readFileSync } from "node:fs";

/**
 * The values that the entries of a catalog's folder import from files beside it and that the package does not
 * export: a custom part could not be written like them. What an entry alone uses is in a folder of its name.
 */
export function unexportedNames(folder: URL, exported: object): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const entries = files.map((file) => file.slice(0, -".ts".length));
  const missing = new Set<string>();
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const [, names = "", from = ""] of text.matchAll(/^import \{([^}]*)\} from "(\.[^"]+)";/gm)) {
      // Other entries are in the catalog; the folder of an entry is its own matter.
      if (entries.some((entry) => from === `./${entry}.ts` || from.startsWith(`./${entry}/`))) continue;
      for (const each of names.split(",")) {
        const [name = ""] = each.trim().split(" ");
        if (name !== "" && name !== "type" && !(name in exported)) missing.add(`${name} of ${from}`);
      }
    }
  }
  return [...missing];
}
