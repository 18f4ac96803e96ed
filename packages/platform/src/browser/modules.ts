import type { Module } from "../interfaces.ts";

/** A page has no files of code but those that it was built from. */
export function importFile(path: string): Promise<Module> {
  return Promise.reject(new Error(`${path}: a page in a browser cannot load files of code`));
}
