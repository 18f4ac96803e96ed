import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

import { newCommand } from "../src/commands/new.ts";
import { KINDS, templates } from "../src/new/templates.ts";
import { workspaceFolder } from "@nn/runner/environment";
import { recordedTerminal } from "./support/recorded-terminal.ts";

// A copy of the layers package, in a workspace of its own with everybody's dependencies: what is written
// there is in nobody's way.
const copy = mkdtempSync(join(tmpdir(), "new-"));
const layers = join(copy, "packages", "layers");
const source = join(layers, "src");
const name = "brand-new";

beforeAll(() => {
  for (const file of [
    "packages/layers/src",
    "packages/layers/package.json",
    "packages/layers/tsconfig.json",
  ]) {
    cpSync(join(workspaceFolder, file), join(copy, file), { recursive: true });
  }
  for (const file of [
    "packages/layers/vitest.config.ts",
    "package.json",
    "vitest.shared.ts",
    "vitest.seed.ts",
    "vitest.setup.ts",
    "tsconfig.base.json",
    ".oxfmtrc.json",
  ]) {
    cpSync(join(workspaceFolder, file), join(copy, file));
  }
  for (const folder of ["node_modules", "packages/layers/node_modules"]) {
    symlinkSync(join(workspaceFolder, folder), join(copy, folder));
  }
});

afterAll(() => rmSync(copy, { recursive: true }));

const written = KINDS.map((kind) => `src/${templates[kind].folder}/${name}`);

test("a new entry of each kind passes its contract suite, the type check and the formatter as it stands", async () => {
  for (const kind of KINDS) {
    const terminal = recordedTerminal();
    expect(await newCommand(kind, name, terminal, source)).toBe(0);
    expect(terminal.recorded.out).toContain(`${templates[kind].folder}/${name}.test.ts`);
    expect(terminal.recorded.err).toBe("");
  }
  const run = execa({
    cwd: layers,
    localDir: workspaceFolder,
    preferLocal: true,
    reject: false,
    all: true,
    env: { NO_COLOR: "1", FORCE_COLOR: "" },
  });

  const tests = await run`vitest run ${written.map((file) => `${file}.test.ts`)}`;
  expect(tests.all).toMatch(new RegExp(`Test Files\\D+${KINDS.length} passed`));
  expect(tests.exitCode).toBe(0);

  const files = written.flatMap((file) => [`${file}.ts`, `${file}.test.ts`]);
  writeFileSync(
    join(layers, "tsconfig.new.json"),
    JSON.stringify({ extends: "./tsconfig.json", include: [], files }),
  );
  expect(await run`tsc -p tsconfig.new.json`).toMatchObject({ all: "", exitCode: 0 });
  expect(await run`oxfmt --check ${files}`).toMatchObject({ exitCode: 0 });
});

test("a file that is there is not written over", async () => {
  writeFileSync(join(source, "layers", "mine.test.ts"), "");
  const terminal = recordedTerminal();
  expect(await newCommand("layer", "mine", terminal, source)).toBe(2);
  expect(terminal.recorded.err).toContain("layers/mine.test.ts already exists");
  expect(existsSync(join(source, "layers", "mine.ts"))).toBe(false);
});

test.each([
  ["layer", "Dense", '"Dense" is not a valid name for a layer'],
  ["layer", "dense", 'A layer "dense" already exists'],
  [
    "layr",
    "mine",
    '"layr" is not a kind of catalog entry\n  expected one of: layer, loss, optimizer, schedule, initializer\n  did you mean "layer"?',
  ],
  ["toString", "mine", '"toString" is not a kind of catalog entry'],
])("new %s %s is refused kindly, and writes nothing", async (kind, name, message) => {
  const before = readdirSync(source, { recursive: true });
  const terminal = recordedTerminal();
  expect(await newCommand(kind, name, terminal, source)).toBe(2);
  expect(terminal.recorded.err).toContain(message);
  expect(readdirSync(source, { recursive: true })).toEqual(before);
});
