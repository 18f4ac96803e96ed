import type { Module } from "@nn/platform/interfaces";

// The bundler (Vite, rolldown) inserts the modules here, because a page cannot list a folder.
const modules = import.meta.glob<Module>(["../datasets/*.ts", "../augment/*.ts", "!../**/*.test.ts"], {
  eager: true,
});

/** Returns the modules in a folder of this package's sources, by file name. */
export function importCatalogModules(folder: string): Promise<ReadonlyMap<string, Module>> {
  const start = `../${folder}/`;
  const own = Object.entries(modules).filter(([path]) => path.startsWith(start));
  return Promise.resolve(new Map(own.map(([path, module]) => [path.slice(start.length), module])));
}
