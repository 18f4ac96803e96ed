import type { Module } from "@nn/platform/interfaces";

// Whoever bundles the page (Vite, rolldown) puts the modules here: a page cannot look into a folder.
const modules = import.meta.glob<Module>(["../datasets/*.ts", "../augment/*.ts", "!../**/*.test.ts"], {
  eager: true,
});

/** The modules of a folder of these sources by the names of their files. */
export function entriesOf(folder: string): Promise<ReadonlyMap<string, Module>> {
  const start = `../${folder}/`;
  const own = Object.entries(modules).filter(([path]) => path.startsWith(start));
  return Promise.resolve(new Map(own.map(([path, module]) => [path.slice(start.length), module])));
}
