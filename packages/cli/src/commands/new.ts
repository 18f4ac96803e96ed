import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { didYouMean } from "@nn/experiment";
import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { workspaceFolder } from "@nn/runner/environment";
import { pruners, samplers } from "@nn/sweep";

import type { Terminal } from "../terminal/terminal.ts";
import { nameProblem, valueName } from "../new/entry-name.ts";
import { KINDS, type Kind } from "../new/template.ts";
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
} satisfies Record<Kind, ReadonlyMap<string, unknown>>;

/**
 * `new KIND NAME`: writes a new entry of a catalog and its test, which pass as they stand. Overwrites
 * nothing. `packages`: the folder that stands for packages/. Returns the exit code: 0, or 2 when kind or name
 * cannot be.
 */
export async function newCommand(
  kind: string,
  name: string,
  terminal: Terminal,
  packages: string = join(workspaceFolder, "packages"),
): Promise<number> {
  const { out, err } = terminal;
  if (!isKind(kind)) {
    const advice = didYouMean(kind, KINDS);
    err.write(`There is no kind "${kind}"\n  expected one of: ${KINDS.join(", ")}\n`);
    if (advice !== undefined) err.write(`  ${advice}\n`);
    return 2;
  }
  const template = templates[kind];
  const folder = join(packages, template.package, "src", template.folder);
  const file = join(folder, `${name}.ts`);
  const testFile = join(folder, `${name}.test.ts`);
  const problem =
    nameProblem(kind, name, catalogs[kind].keys()) ??
    [file, testFile].filter((each) => existsSync(each)).map((each) => `${shown(each)} is there already`)[0];
  if (problem !== undefined) {
    err.write(`${problem[0]?.toUpperCase()}${problem.slice(1)}\n`);
    return 2;
  }

  const value = valueName(name);
  await mkdir(folder, { recursive: true });
  await writeFile(file, template.source(name, value), { flag: "wx" });
  await writeFile(testFile, template.test(name, value), { flag: "wx" });
  out.write(
    `Wrote ${shown(file)}: a small ${kind} that works; make it yours.\n` +
      `Wrote ${shown(testFile)}: the contract that every ${kind} keeps.\n\n` +
      `  pnpm --filter @nn/${template.package} exec vitest ${template.folder}/${name}.test.ts   ` +
      "tests it, again at every change\n" +
      "  pnpm run schema   lets editors complete it and lists it in docs/reference/\n" +
      (template.golden === undefined ? "" : `\npnpm test asks for ${template.golden}.\n`),
  );
  return 0;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(templates, kind);
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}
