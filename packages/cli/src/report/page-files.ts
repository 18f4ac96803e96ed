import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { pageEntry, pageStyle, type PageFiles } from "@nn/report";
import { workspaceFolder } from "@nn/runner/environment";

import { generateCatalogModules } from "../start/generate-catalog-modules.ts";
import { hashProgramFiles } from "../start/hash-program-files.ts";

/**
 * Returns the script and the style sheet of a report's page. The script is bundled for the first report, and
 * again after a source file has changed. Otherwise it is read from the cache in node_modules. Throws if a
 * source has a syntax error.
 */
export async function readPageFiles(): Promise<PageFiles> {
  const cached = join(
    workspaceFolder,
    "node_modules/.cache/nn-report",
    `page-${hashProgramFiles(workspaceFolder)}.js`,
  );
  const script = existsSync(cached) ? readFileSync(cached, "utf8") : await buildPage();
  if (!existsSync(cached)) keep(cached, script);
  return { script, style: readFileSync(pageStyle, "utf8") };
}

/** Bundles the page's script: one module for browsers that imports nothing. */
async function buildPage(): Promise<string> {
  // Imported only here: the bundler takes 0.1 s to load.
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: pageEntry,
    cwd: workspaceFolder,
    platform: "browser",
    logLevel: "silent",
    transform: { jsx: { runtime: "automatic", importSource: "preact" } },
    plugins: [
      {
        name: "catalogs",
        load: {
          filter: { id: /\/src\/browser\/catalog-modules\.ts$/ },
          handler: (path) => ({ code: generateCatalogModules(path), moduleType: "ts" }),
        },
      },
    ],
  });
  try {
    const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}

/** Deletes the scripts of other versions. Processes read a script at once, so they no longer need it. */
function deleteOthers(path: string): void {
  for (const name of readdirSync(dirname(path)))
    if (/^page-[0-9a-f]+\.js$/.test(name) && name !== basename(path))
      rmSync(join(dirname(path), name), { force: true });
}

function keep(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const unfinished = `${path}-${process.pid}`;
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
    deleteOthers(path);
  } catch {
    // If the folder is not writable, the script is bundled again for the next report.
  }
}
