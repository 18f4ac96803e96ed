import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { rolldown, type Plugin } from "rolldown";

import { generateCatalogModules } from "./generate-catalog-modules.ts";

/** The entry points: the command line, a worker process, a thread of the kernels. */
const PROGRAMS = [
  "cli/src/program.ts",
  "runner/src/processes/worker.ts",
  "kernels/src/node/thread-program.ts",
];

/**
 * Bundles the program of the workspace `root` into `folder`, together with the packages that custom parts
 * import. Several processes may do this at the same time. Throws if a source has a syntax error or the folder
 * is not writable.
 */
export async function buildBundle(root: string, folder: string): Promise<void> {
  const packages = join(root, "packages");
  const programs = PROGRAMS.map((path) => join(packages, path));
  const offered = listOfferedPackages(packages);
  const bundle = await rolldown({
    input: {
      ...Object.fromEntries(programs.map((path) => [basename(path, ".ts"), path])),
      ...Object.fromEntries([...offered].map(([name, path]) => [getOutputFile(name), path])),
    },
    platform: "node",
    treeshake: false,
    logLevel: "silent",
    plugins: [
      createResolutionPlugin(packages),
      createSourcesPlugin((file) => pathToFileURL(join(folder, `${file}.mjs`)).href, programs, [
        ...offered.keys(),
      ]),
    ],
  });
  const unfinished = `${folder}-${process.pid}`;
  try {
    await bundle.write({
      dir: unfinished,
      entryFileNames: "[name].mjs",
      chunkFileNames: "[name]-[hash].mjs",
      sourcemap: true,
    });
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process may have built the same bundle in the meantime.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    await bundle.close();
  }
}

/** Name → module of the packages that custom parts import. They must share these modules with the program. */
function listOfferedPackages(packages: string): Map<string, string> {
  const offered = new Map([["typebox", "typebox"]]);
  for (const name of readdirSync(packages)) {
    const index = join(packages, name, "src/index.ts");
    if (existsSync(index)) offered.set(`@nn/${name}`, index);
  }
  return offered;
}

/** `@nn/layers` → `nn-layers`, its file in the bundle without the extension. */
function getOutputFile(name: string): string {
  return name.replace("@", "").replace("/", "-");
}

/**
 * Leaves out libraries that are imported dynamically (`await import("bullmq")`), because most commands never
 * load them, and they may be large.
 */
function createResolutionPlugin(packages: string): Plugin {
  return {
    name: "resolution",
    async resolveId(id, importer, { kind }) {
      if (id === "typebox" && importer === undefined)
        return this.resolve(id, join(packages, "layers/src/index.ts"));
      if (kind !== "dynamic-import" || /^(\.|@nn\/)/.test(id)) return null;
      const found = await this.resolve(id, importer);
      return found && { id: pathToFileURL(found.id).href, external: true };
    },
  };
}

/**
 * Sources that read their own location get the same path as without the bundle. Only the URLs of programs
 * refer to the bundle. `urlOf` returns the URL of a file in the bundle.
 */
function createSourcesPlugin(
  urlOf: (file: string) => string,
  programs: readonly string[],
  offered: readonly string[],
): Plugin {
  return {
    name: "sources",
    load: {
      filter: { id: /\/packages\/[^/]+\/src\/.*\.ts$/ },
      handler(path) {
        if (path.endsWith("/src/processes/bundled-packages.ts")) {
          const urls = Object.fromEntries(offered.map((name) => [name, urlOf(getOutputFile(name))]));
          return { code: `export const bundledPackages = ${JSON.stringify(urls)};`, moduleType: "js" };
        }
        const text = path.endsWith("/src/node/catalog-modules.ts")
          ? generateCatalogModules(join(dirname(path), "../browser/catalog-modules.ts"))
          : readFileSync(path, "utf8");
        if (!text.includes("import.meta.url")) return { code: text, moduleType: "ts" };
        const code = text
          .replaceAll(/new URL\("(\.\/[^"]+)", import\.meta\.url\)/g, (whole, file: string) =>
            programs.includes(join(dirname(path), file))
              ? `new URL(${JSON.stringify(urlOf(basename(file, ".ts")))})`
              : whole,
          )
          .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
        return { code, moduleType: "ts" };
      },
    },
  };
}
