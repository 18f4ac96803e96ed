#!/usr/bin/env node
// This entry is the only file in JavaScript, because stripping the types of a first TypeScript file takes
// Node 0.1 s. All later files come from the compile cache.
import module from "node:module";
import { fileURLToPath } from "node:url";

if (module.enableCompileCache === undefined) {
  process.stderr.write(
    `Node ${process.version} is too old. Run the program with pnpm, which brings its own Node.\n`,
  );
  process.exit(1);
}
module.enableCompileCache(
  fileURLToPath(new URL("../../../node_modules/.cache/nn-compiled/", import.meta.url)),
);
// With source maps, stack traces show the lines of the sources instead of the bundle.
process.setSourceMapsEnabled(true);
const { getProgramUrl } = await import("./start/program-url.ts");
const program = await import(await getProgramUrl()).catch(report);
await program?.mainAndExit();

/**
 * Prints why the program could not be loaded, such as a syntax error in a source, without the stack of Node's
 * loader.
 * @param {unknown} error
 */
function report(error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = text.split("\n").filter((line) => !/^\s+at .*(node:internal|\(node:)/.test(line));
  process.stderr.write(`${lines.join("\n")}\n`);
  process.exitCode = 1;
}
