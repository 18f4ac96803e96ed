import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { formatSuggestion } from "@nn/experiment";
import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { workspaceFolder } from "@nn/runner/environment";
import { pruners, samplers } from "@nn/sweep";

import { formatErrorLine } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { checkEntryName, toValueName } from "../new/entry-name.ts";
import { ENTRY_KINDS, type EntryKind } from "../new/template.ts";
import { templates } from "../new/templates.ts";

const catalogs = {
  layer: layers,
  loss: losses,
  optimizer: optimizers,
  schedule: schedules,
  initializer: initializers,
  augmentation: augmentations,
  dataset: datasets,
  sampler: samplers,
  pruner: pruners,
} satisfies Record<EntryKind, ReadonlyMap<string, unknown>>;

/**
 * Runs `new KIND NAME`: writes a new catalog entry and a test that passes. Never overwrites a file.
 * `packages` is the folder of the packages. Returns the exit code: 0, or 2 if the kind or the name is invalid
 * or a file already exists.
 */
export async function newCommand(
  kind: string,
  name: string,
  terminal: Terminal,
  packages: string = join(workspaceFolder, "packages"),
): Promise<number> {
  const { out, err } = terminal;
  if (!isKind(kind)) {
    const advice = formatSuggestion(kind, ENTRY_KINDS);
    const expected = `expected one of: ${ENTRY_KINDS.join(", ")}`;
    const lines = [
      `"${kind}" is not a kind of catalog entry`,
      expected,
      ...(advice === undefined ? [] : [advice]),
    ];
    err.write(formatErrorLine(lines.join("\n  ")));
    return 2;
  }
  const template = templates[kind];
  const folder = join(packages, template.package, "src", template.folder);
  const file = join(folder, `${name}.ts`);
  const testFile = join(folder, `${name}.test.ts`);
  const problem =
    checkEntryName(kind, name, catalogs[kind].keys()) ??
    [file, testFile]
      .filter((each) => existsSync(each))
      .map((each) => `${shortenPath(each)} already exists`)[0];
  if (problem !== undefined) {
    err.write(formatErrorLine(problem));
    return 2;
  }

  const value = toValueName(name);
  await mkdir(folder, { recursive: true });
  await writeFile(file, template.source(name, value), { flag: "wx" });
  await writeFile(testFile, template.test(name, value), { flag: "wx" });
  out.write(
    `Wrote ${shortenPath(file)}: a small working ${kind} for you to change.\n` +
      `Wrote ${shortenPath(testFile)}: the tests that every ${kind} must pass.\n\n` +
      `  pnpm --filter @nn/${template.package} exec vitest ${template.folder}/${name}.test.ts   ` +
      "tests it after every change\n" +
      "  pnpm run schema   lets editors complete it and lists it in docs/reference/\n" +
      (template.golden === undefined ? "" : `\npnpm test requires ${template.golden}.\n`),
  );
  return 0;
}

function isKind(kind: string): kind is EntryKind {
  return Object.hasOwn(templates, kind);
}

function shortenPath(file: string): string {
  return relative(process.cwd(), file);
}
