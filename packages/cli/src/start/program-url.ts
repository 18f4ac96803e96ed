import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { deleteOldBundles, markBundleInUse } from "./bundle-folders.ts";
import { hashProgramFiles } from "./hash-program-files.ts";

const workspace = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * Returns the URL of the program to import: of its bundle, or of its sources if it cannot be bundled. Node
 * needs 1 ms for each of the program's 1,000 modules, so the bundle starts in less than half the time. The
 * bundle is built at the first start, and again after a source file has changed. With NN_SOURCES=1, the
 * sources run without a bundle.
 */
export async function getProgramUrl(root = workspace): Promise<string> {
  const sources = pathToFileURL(join(root, "packages/cli/src/program.ts")).href;
  if (process.env["NN_SOURCES"]) return sources;
  const folder = join(root, "node_modules/.cache/nn-bundles", hashProgramFiles(root));
  const program = join(folder, "program.mjs");
  if (!existsSync(program)) {
    try {
      // Imported only here: the bundler takes 0.1 s to load.
      const { buildBundle } = await import("./build-bundle.ts");
      await buildBundle(root, folder);
      deleteOldBundles(dirname(folder));
    } catch {
      // Perhaps the folder is not writable. If a source has a syntax error, Node reports it.
      return sources;
    }
  }
  markBundleInUse(folder);
  return pathToFileURL(program).href;
}
