import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { Module } from "../interfaces.ts";

/**
 * Imports a file by its absolute path, or by one relative to the working folder. One that has changed since
 * it was imported is imported as it is now; what it imports itself is not.
 */
export async function importFile(path: string): Promise<Module> {
  return import(currentUrl(path));
}

/** Path → the digest of what was first imported from there, which the process keeps. */
const imported = new Map<string, string>();

/** A process that lives long, such as a worker, would get a file as it was: a query has it loaded anew. */
function currentUrl(path: string): string {
  const { href } = pathToFileURL(path);
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  const first = imported.get(resolve(path)) ?? digest;
  imported.set(resolve(path), first);
  return first === digest ? href : `${href}?${digest}`;
}

/** The modules of a folder by the names of their files, in alphabetical order, tests aside. */
export async function importFolder(folder: URL): Promise<ReadonlyMap<string, Module>> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const modules = new Map<string, Module>();
  for (const name of names.sort()) modules.set(name, await import(new URL(name, folder).href));
  return modules;
}
