import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

import { workspaceFolder } from "@nn/runner/environment";

// The program starts from a bundle of its sources. Here a copy of the workspace is edited, as a user would.
const workspace = mkdtempSync(join(tmpdir(), "nn-start-"));
const bundles = join(workspace, "node_modules/.cache/nn-bundles");
const program = join(workspace, "packages/cli/src/program.ts");
const original = readFileSync(join(workspaceFolder, "packages/cli/src/program.ts"), "utf8");

beforeAll(() => {
  for (const name of readdirSync(join(workspaceFolder, "packages"))) {
    const from = join(workspaceFolder, "packages", name);
    const to = join(workspace, "packages", name);
    mkdirSync(to, { recursive: true });
    for (const part of ["src", "package.json"]) cpSync(join(from, part), join(to, part), { recursive: true });
    symlinkSync(join(from, "node_modules"), join(to, "node_modules"));
  }
  cpSync(join(workspaceFolder, "pnpm-lock.yaml"), join(workspace, "pnpm-lock.yaml"));
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

async function start(args: readonly string[], env: Record<string, string> = {}) {
  const cli = join(workspace, "packages/cli/src/cli.js");
  const { stdout, stderr, exitCode } = await execa(process.execPath, [cli, ...args], {
    env,
    reject: false,
    cwd: workspace,
  });
  return { stdout, stderr, exitCode };
}

test("two simultaneous first starts build one bundle, and the next start uses it", async () => {
  const both = await Promise.all([start(["--version"]), start(["--version"])]);
  expect(both.map(({ stdout }) => stdout)).toEqual(["0.1.0", "0.1.0"]);
  const [bundle, ...others] = readdirSync(bundles);
  expect(others).toEqual([]);
  // Only a program from the bundle prints this.
  writeFileSync(
    join(bundles, bundle!, "program.mjs"),
    `export const mainAndExit = () => console.log("bundled");`,
  );
  expect((await start(["--version"])).stdout).toBe("bundled");
  expect((await start(["--version"], { NN_SOURCES: "1" })).stdout).toBe("0.1.0");
});

test("the next start uses an edited source", async () => {
  writeFileSync(program, original.replace("results in CSV.", "results in tables."));
  expect((await start(["--help"])).stdout).toContain("results in tables.");
});

test("a stack trace shows the line of the source", async () => {
  const file = join(workspace, "packages/cli/src/training-commands.ts");
  const commands = readFileSync(file, "utf8");
  const line =
    commands.split("\n").findIndex((text) => text.includes('import("./commands/validate.ts")')) + 1;
  const text = commands.replace(
    `const { validateCommand } = await import("./commands/validate.ts");`,
    `throw new Error("broken");`,
  );
  writeFileSync(file, text.replace(/\n.*await validateCommand\(.*/, ""));
  const { stderr } = await start(["validate", "x.yaml"], { NN_DEBUG: "1" });
  expect(stderr).toContain("error: unexpected Error: broken");
  expect(stderr).toContain(`${file}:${line}:`);
});

test("a syntax error in a source is reported with its line, as without the bundle", async () => {
  writeFileSync(program, original.replace("export async function main", "export async funktion main"));
  const { stderr, exitCode } = await start(["--version"]);
  expect(exitCode).not.toBe(0);
  const line = original.split("\n").findIndex((text) => text.startsWith("export async function main")) + 1;
  expect(stderr).toContain(`${program}:${line}`);
});
