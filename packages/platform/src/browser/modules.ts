import type { Module } from "../interfaces.ts";

/** Always rejects with Error, because a page cannot load code outside its bundle. */
export function importFile(path: string): Promise<Module> {
  return Promise.reject(new Error(`${path}: a page in a browser cannot load files of code`));
}
