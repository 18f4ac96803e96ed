import { relative } from "node:path";

import { expect, test } from "vitest";

import { workspaceFolder } from "@nn/runner/environment";
import { repeatedCommand } from "./command-line.ts";

const program = `${workspaceFolder}packages/cli/src/cli.js`;
const argv = ["/usr/bin/node", program, "experiment", "experiments/x.yaml", "--fresh", "--set", "name=a b"];
const underPnpm = {
  npm_config_user_agent: "pnpm/12.21.0 npm/? node/v26.10.0 linux x64",
  npm_lifecycle_event: "experiment",
};

test("run by node, it is node that runs it again", () => {
  expect(repeatedCommand(argv, {}, ["--fresh"])).toBe(
    `node ${relative(process.cwd(), program)} experiment experiments/x.yaml --set 'name=a b'`,
  );
});

test("run by pnpm, it is pnpm, by npx, which works without pnpm too", () => {
  expect(repeatedCommand(argv, { ...underPnpm, INIT_CWD: workspaceFolder }, ["--fresh"])).toBe(
    "npx -y pnpm@12.21.0 run experiment experiments/x.yaml --set 'name=a b'",
  );
});

test("run by pnpm from a folder below, it finds the workspace from there", () => {
  expect(repeatedCommand(argv, { ...underPnpm, INIT_CWD: `${workspaceFolder}docs` })).toMatch(
    /^npx -y pnpm@12\.21\.0 -w run experiment /,
  );
});

test("run by node inside some other script of pnpm, it is node", () => {
  expect(repeatedCommand(argv, { ...underPnpm, npm_lifecycle_event: "test" })).toMatch(/^node /);
});
