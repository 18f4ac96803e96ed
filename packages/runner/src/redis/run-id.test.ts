import { cpSync, mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { createRunId, RUN_ID_FILE } from "./run-id.ts";

function createRun(): { readonly folder: string; readonly run: string } {
  const folder = mkdtempSync(join(tmpdir(), "nn-run-id-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = join(folder, "run");
  mkdirSync(run);
  return { folder, run };
}

test("a run keeps its id, and a copy in another place has another one", () => {
  const { folder, run } = createRun();
  const id = createRunId(run);
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  expect(createRunId(run)).toBe(id);
  const copy = join(folder, "copy");
  cpSync(run, copy, { recursive: true });
  expect(createRunId(copy)).not.toBe(id);
});

test("runs on two machines with the same host name and the same path have different ids", () => {
  const { folder, run } = createRun();
  const id = createRunId(run);
  renameSync(run, join(folder, "elsewhere"));
  mkdirSync(run); // as on another machine
  expect(createRunId(run)).not.toBe(id);
});

test("a damaged file is replaced", () => {
  const { run } = createRun();
  writeFileSync(join(run, RUN_ID_FILE), "0123");
  const id = createRunId(run);
  expect(createRunId(run)).toBe(id);
});

test("a folder that cannot be written is an error that names the file", () => {
  expect(() => createRunId(join(tmpdir(), "nn-none", "run"))).toThrow(
    /^Cannot write ((?!Cannot).)*redis-run-id((?!Cannot).)*$/,
  );
});
