import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { SourceFolder } from "./folder.ts";

/** The folder `data` of an installed npm package. */
export function npmPackage(name: string): SourceFolder {
  return {
    origin: `the npm package ${name}`,
    folder: packageFolder(name, "data"),
    remedy: "Install the npm packages again (pnpm install --force).",
  };
}

function packageFolder(name: string, folder: string): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), folder);
  } catch {
    // Not installed. Other places may have the files; if none has, the message lists this one too.
    return undefined;
  }
}
