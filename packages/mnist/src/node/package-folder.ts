import { createRequire } from "node:module";
import { dirname } from "node:path";

/** Returns the folder of an npm package, or undefined if it is not installed. */
export function findPackageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    // Other places may have the files. If not, the error message also lists this one.
    return undefined;
  }
}
