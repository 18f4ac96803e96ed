import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { Module } from "../interfaces.ts";

/**
 * Imports a file by its absolute path, or by a path relative to the working folder. If the file has changed
 * since its last import, imports the new version. Files that it imports are not imported again.
 */
export async function importFile(path: string): Promise<Module> {
  return import(currentUrl(path));
}

/** Path → the hash of its first imported version, which Node caches. */
const imported = new Map<string, string>();

/**
 * Returns the URL of a file. If the file has changed since its first import, adds a query, because Node would
 * return the cached version.
 */
function currentUrl(path: string): string {
  const { href } = pathToFileURL(path);
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  const first = imported.get(resolve(path)) ?? digest;
  imported.set(resolve(path), first);
  return first === digest ? href : `${href}?${digest}`;
}

/** Imports the modules of a folder except tests. Returns them by file name, sorted. */
export async function importFolder(folder: URL): Promise<ReadonlyMap<string, Module>> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const modules = new Map<string, Module>();
  for (const name of names.sort()) modules.set(name, await import(new URL(name, folder).href));
  return modules;
}
