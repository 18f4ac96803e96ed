import { execFileSync } from "node:child_process";
import { relative } from "node:path";

import { expect, test } from "vitest";

import { workspaceFolder } from "@nn/runner/environment";
import { formatRepeatCommand, quoteForShell } from "./command-line.ts";

const program = `${workspaceFolder}packages/cli/src/cli.js`;
const argv = ["/usr/bin/node", program, "experiment", "experiments/x.yaml", "--fresh", "--set", "name=a b"];
const underPnpm = {
  npm_config_user_agent: "pnpm/12.21.0 npm/? node/v26.10.0 linux x64",
  npm_lifecycle_event: "experiment",
};

test("a command that was run with node is repeated with node", () => {
  expect(formatRepeatCommand(argv, {}, ["--fresh"])).toBe(
    `node ${relative(process.cwd(), program)} experiment experiments/x.yaml --set 'name=a b'`,
  );
});

test("a command that was run with pnpm is repeated with npx and pnpm", () => {
  expect(formatRepeatCommand(argv, { ...underPnpm, INIT_CWD: workspaceFolder }, ["--fresh"])).toBe(
    "npx -y pnpm@12.21.0 run experiment experiments/x.yaml --set 'name=a b'",
  );
});

test("a command that was run with pnpm in a subfolder is repeated with -w", () => {
  expect(formatRepeatCommand(argv, { ...underPnpm, INIT_CWD: `${workspaceFolder}docs` })).toMatch(
    /^npx -y pnpm@12\.21\.0 -w run experiment /,
  );
});

test("a command that was run with node inside another pnpm script is repeated with node", () => {
  expect(formatRepeatCommand(argv, { ...underPnpm, npm_lifecycle_event: "test" })).toMatch(/^node /);
});

test("control characters of an argument are escaped, and bash reads them back", () => {
  const arg = "it's \u001B[31mred\n\\x";
  const quoted = quoteForShell(arg);
  expect(quoted).toBe(String.raw`$'it\'s \u001b[31mred\u000a\\x'`);
  expect(execFileSync("bash", ["-c", `printf %s ${quoted}`], { encoding: "utf8" })).toBe(arg);
});
