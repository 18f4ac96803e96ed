import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The folder of an installed npm package; undefined where it is not installed. */
export function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    // Other places may have the files; if none has, the message lists this one, too.
    return undefined;
  }
}
