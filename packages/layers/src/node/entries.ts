import { importFolder } from "@nn/platform/modules";
import type { Module } from "@nn/platform/interfaces";

/** The modules of a folder of these sources by the names of their files. */
export function entriesOf(folder: string): Promise<ReadonlyMap<string, Module>> {
  return importFolder(new URL(`../${folder}/`, import.meta.url));
}
