import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { Module } from "../interfaces.ts";

/**
 * Imports a file by its absolute path, or by a path relative to the working folder. A file that has changed
 * since it was imported is imported again, but the files that it imports are not.
 */
export async function importFile(path: string): Promise<Module> {
  return import(currentUrl(path));
}

/** Path → the digest of its first imported version, which the process caches. */
const imported = new Map<string, string>();

/**
 * Returns the URL of a file, with a query if the file has changed. Otherwise a long-running process, such as
 * a worker, would get the cached version.
 */
function currentUrl(path: string): string {
  const { href } = pathToFileURL(path);
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  const first = imported.get(resolve(path)) ?? digest;
  imported.set(resolve(path), first);
  return first === digest ? href : `${href}?${digest}`;
}

/** Imports the modules of a folder except tests, by file name, in alphabetical order. */
export async function importFolder(folder: URL): Promise<ReadonlyMap<string, Module>> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const modules = new Map<string, Module>();
  for (const name of names.sort()) modules.set(name, await import(new URL(name, folder).href));
  return modules;
}
