import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { didYouMean } from "@nn/experiment";
import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { workspaceFolder } from "@nn/runner/environment";

import type { Terminal } from "../terminal/terminal.ts";
import { nameProblem, valueName } from "../new/entry-name.ts";
import { KINDS, templates, type Kind } from "../new/templates.ts";

const catalogs = {
  layer: layers,
  loss: losses,
  optimizer: optimizers,
  schedule: schedules,
  initializer: initializers,
};

/** The folder that contains the catalogs' folders. */
const layersSource = join(workspaceFolder, "packages", "layers", "src");

/**
 * Runs `new KIND NAME`: writes a new catalog entry and its test, which passes unchanged. Never overwrites a
 * file. `source` is the folder of the catalogs, packages/layers/src by default. Returns the exit code: 0, or
 * 2 if the kind or the name is invalid.
 */
export async function newCommand(
  kind: string,
  name: string,
  terminal: Terminal,
  source: string = layersSource,
): Promise<number> {
  const { out, err } = terminal;
  if (!isKind(kind)) {
    const advice = didYouMean(kind, KINDS);
    err.write(`"${kind}" is not a kind of catalog entry\n  expected one of: ${KINDS.join(", ")}\n`);
    if (advice !== undefined) err.write(`  ${advice}\n`);
    return 2;
  }
  const template = templates[kind];
  const file = join(source, template.folder, `${name}.ts`);
  const testFile = join(source, template.folder, `${name}.test.ts`);
  const problem =
    nameProblem(kind, name, catalogs[kind].keys()) ??
    [file, testFile].filter((each) => existsSync(each)).map((each) => `${shown(each)} already exists`)[0];
  if (problem !== undefined) {
    err.write(`${problem[0]?.toUpperCase()}${problem.slice(1)}\n`);
    return 2;
  }

  const value = valueName(name);
  await mkdir(join(source, template.folder), { recursive: true });
  await writeFile(file, template.source(name, value), { flag: "wx" });
  await writeFile(testFile, template.test(name, value), { flag: "wx" });
  out.write(
    `Wrote ${shown(file)}: a small ${kind} that works, for you to change.\n` +
      `Wrote ${shown(testFile)}: the tests that every ${kind} must pass.\n\n` +
      `  pnpm --filter @nn/layers exec vitest ${template.folder}/${name}.test.ts   tests it after every change\n` +
      `  pnpm run schema   lets editors complete it and lists it in docs/reference.md\n` +
      (template.golden === undefined
        ? ""
        : `\npnpm test expects values of three configurations, computed by other software, from packages/layers/golden/${template.golden}.\n`),
  );
  return 0;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(templates, kind);
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}
