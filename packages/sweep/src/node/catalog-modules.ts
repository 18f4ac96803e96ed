import { importFolder } from "@nn/platform/modules";
import type { Module } from "@nn/platform/interfaces";

/** Imports the modules of a folder of this package's sources, keyed by file name. */
export function importCatalogModules(folder: string): Promise<ReadonlyMap<string, Module>> {
  return importFolder(new URL(`../${folder}/`, import.meta.url));
}
