import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

import { newCommand } from "../src/commands/new.ts";
import { ENTRY_KINDS } from "../src/new/template.ts";
import { templates } from "../src/new/templates.ts";
import { workspaceFolder } from "@nn/runner/environment";
import { createRecordedTerminal } from "./support/recorded-terminal.ts";

// A copy of the packages with catalogs in a separate workspace, with links to the installed dependencies. The
// tests write their files there.
const copy = mkdtempSync(join(tmpdir(), "new-"));
const packages = join(copy, "packages");
const source = join(packages, "layers", "src");
const name = "brand-new";
const PACKAGES = ["layers", "mnist", "sweep"] as const;

beforeAll(() => {
  for (const each of PACKAGES) {
    for (const file of ["src", "test", "package.json", "tsconfig.json", "vitest.config.ts"]) {
      cpSync(join(workspaceFolder, "packages", each, file), join(packages, each, file), { recursive: true });
    }
    const installed = `packages/${each}/node_modules`;
    symlinkSync(join(workspaceFolder, installed), join(copy, installed));
  }
  for (const file of [
    "package.json",
    "vitest.shared.ts",
    "vitest.seed.ts",
    "vitest.setup.ts",
    "tsconfig.base.json",
    ".oxfmtrc.json",
  ]) {
    cpSync(join(workspaceFolder, file), join(copy, file));
  }
  symlinkSync(join(workspaceFolder, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => rmSync(copy, { recursive: true }));

test("a new entry of each kind passes its tests, the type check and the formatter unchanged", async () => {
  for (const kind of ENTRY_KINDS) {
    const terminal = createRecordedTerminal();
    expect(await newCommand(kind, name, terminal, packages)).toBe(0);
    expect(terminal.recorded.out).toContain(`${templates[kind].folder}/${name}.test.ts`);
    expect(terminal.recorded.err).toBe("");
  }
  for (const each of PACKAGES) {
    const kinds = ENTRY_KINDS.filter((kind) => templates[kind].package === each);
    const written = kinds.map((kind) => `src/${templates[kind].folder}/${name}`);
    const run = execa({
      cwd: join(packages, each),
      localDir: workspaceFolder,
      preferLocal: true,
      reject: false,
      all: true,
      env: { NO_COLOR: "1", FORCE_COLOR: "" },
    });

    const tests = await run`vitest run ${written.map((file) => `${file}.test.ts`)}`;
    expect(tests.all).toMatch(new RegExp(`Test Files\\D+${kinds.length} passed`));
    expect(tests.exitCode).toBe(0);

    const files = written.flatMap((file) => [`${file}.ts`, `${file}.test.ts`]);
    writeFileSync(
      join(packages, each, "tsconfig.new.json"),
      JSON.stringify({ extends: "./tsconfig.json", include: [], files }),
    );
    expect(await run`tsc -p tsconfig.new.json`).toMatchObject({ all: "", exitCode: 0 });
    expect(await run`oxfmt --check ${files}`).toMatchObject({ exitCode: 0 });
  }
});

test("an existing file is not overwritten", async () => {
  writeFileSync(join(source, "layers", "mine.test.ts"), "");
  const terminal = createRecordedTerminal();
  expect(await newCommand("layer", "mine", terminal, packages)).toBe(2);
  expect(terminal.recorded.err).toContain("layers/mine.test.ts already exists");
  expect(existsSync(join(source, "layers", "mine.ts"))).toBe(false);
});

test.each([
  ["layer", "Dense", '"Dense" is not a valid name for a layer'],
  ["layer", "dense", 'A layer "dense" already exists'],
  [
    "layr",
    "mine",
    '"layr" is not a kind of catalog entry\n  expected one of: layer, loss, optimizer, schedule, ' +
      'initializer, augmentation, dataset, sampler, pruner\n  did you mean "layer"?',
  ],
  ["toString", "mine", '"toString" is not a kind of catalog entry'],
])("new %s %s prints an error with advice, and writes nothing", async (kind, name, message) => {
  const before = readdirSync(source, { recursive: true });
  const terminal = createRecordedTerminal();
  expect(await newCommand(kind, name, terminal, packages)).toBe(2);
  expect(terminal.recorded.err).toContain(message);
  expect(readdirSync(source, { recursive: true })).toEqual(before);
});
