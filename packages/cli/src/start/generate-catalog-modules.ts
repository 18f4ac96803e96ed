import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Returns the code of a module `browser/catalog-modules.ts` of a package with catalogs, with an import for
 * each entry. The source module names the folders of its entries in `import.meta.glob`, which only some
 * bundlers support. Throws Error if the source has no such call.
 */
export function generateCatalogModules(path: string): string {
  const text = readFileSync(path, "utf8");
  const glob = /import\.meta\.glob<Module>\(([^;]*)\);/.exec(text);
  if (glob === null) throw new Error(`${path}: expected import.meta.glob<Module>(…).`);
  const patterns = [...glob[1]!.matchAll(/"(\.\.\/[^"]+)"/g)].map(([, pattern]) => pattern!);
  const files = globSync(patterns, { cwd: dirname(path), exclude: ["../**/*.test.ts"] }).sort();
  const imports = files.map((file, index) => `import * as entry${index} from ${JSON.stringify(file)};\n`);
  const modules = files.map((file, index) => `${JSON.stringify(file)}: entry${index}`);
  return imports.join("") + text.replace(glob[0], `{ ${modules.join(", ")} };`);
}
