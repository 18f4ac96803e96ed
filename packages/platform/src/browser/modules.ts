import type { Module } from "../interfaces.ts";

/** Rejects, because a page cannot load code besides its bundle. */
export function importFile(path: string): Promise<Module> {
  return Promise.reject(new Error(`${path}: a page in a browser cannot load files of code`));
}
