import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

import type { Module } from "../interfaces.ts";

/** Imports a file by its absolute path, or by one relative to the working folder. */
export function importFile(path: string): Promise<Module> {
  return import(pathToFileURL(path).href);
}

/** The modules of a folder by the names of their files, in alphabetical order, tests aside. */
export async function importFolder(folder: URL): Promise<ReadonlyMap<string, Module>> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const modules = new Map<string, Module>();
  for (const name of names.sort()) modules.set(name, await import(new URL(name, folder).href));
  return modules;
}
