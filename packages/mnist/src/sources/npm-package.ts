import { findPackageFolder } from "#platform/package-folder";
import { join } from "@nn/platform/path";

import type { SourceFolder } from "./folder.ts";

/** Returns the folder `data` of an npm package as a source. */
export function findNpmPackage(name: string): SourceFolder {
  const folder = findPackageFolder(name);
  return {
    origin: `the npm package ${name}`,
    folder: folder && join(folder, "data"),
    remedy: "Install the npm packages again (pnpm install --force).",
  };
}
