import { readFileSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";

import type { Terminal } from "../terminal/terminal.ts";
import {
  Problems,
  composeExperiment,
  createEditorSchema,
  loadCustomParts,
  createReferencePages,
} from "@nn/experiment";
import { workspaceFolder } from "@nn/runner/environment";
import { toPrintableLine } from "@nn/platform/printable";
import { UnwritableError, toUnwritableError } from "../terminal/unwritable-error.ts";

/** The committed schema of the catalogs. Experiment files refer to it in their first line. */
export const schemaFile = join(workspaceFolder, "schema", "experiment.schema.json");

/** The folder of the committed reference, which documents the schema. */
export const referenceFolder = join(workspaceFolder, "docs", "reference");

/**
 * Runs `schema`: writes the schema file of the catalogs and the reference. Runs `schema SPEC…`: for each
 * file, writes a schema beside it that includes its custom parts. It also prints the line with which editors
 * use the schema. Returns the exit code. Throws ExperimentError if a file cannot be read or a custom part
 * cannot be loaded. Throws UnwritableError if a file cannot be written.
 */
export async function schemaCommand(files: readonly string[], terminal: Terminal): Promise<number> {
  if (files.length === 0) {
    await write(schemaFile, createEditorSchema(), terminal);
    for (const [page, text] of createReferencePages())
      await write(join(referenceFolder, page), text, terminal);
    return 0;
  }
  for (const file of files) {
    const problems = new Problems();
    const root = composeExperiment(file, problems);
    const own = root && (await loadCustomParts(root, file, problems));
    problems.throwIfAny();
    const target = join(dirname(file), `${basename(file, extname(file))}.schema.json`);
    await write(target, createEditorSchema(own?.catalogs), terminal);
    terminal.out.write(
      `Make this the first line of ${toPrintableLine(file)}:\n` +
        `  # yaml-language-server: $schema=./${toPrintableLine(basename(target))}\n`,
    );
  }
  return 0;
}

async function write(file: string, text: string, { out }: Terminal): Promise<void> {
  const shown = relative(process.cwd(), file);
  const stats = statSync(file, { throwIfNoEntry: false });
  // A process that opens a pipe waits for another one.
  if (stats !== undefined && !stats.isFile() && !stats.isDirectory())
    throw new UnwritableError(`Cannot write ${shown}: it is a pipe, a socket or a device. Move it away.`);
  if (readFileIfPresent(file) === text) {
    out.write(`${toPrintableLine(shown)} is up to date.\n`);
    return;
  }
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw toUnwritableError(shown, error, "Make its folder writable, or work with a copy elsewhere.");
  }
  out.write(`Wrote ${toPrintableLine(shown)}.\n`);
}

function readFileIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // The file does not exist yet.
  }
}
