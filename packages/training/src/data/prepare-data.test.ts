import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { afterAll, expect, test } from "vitest";

import { findDataSources } from "./prepare-data.ts";

const data = join(import.meta.dirname, "../../../cli/test/truth/data");
const elsewhere = mkdtempSync(join(tmpdir(), "nn-data-"));
afterAll(() => rmSync(elsewhere, { recursive: true }));
const context = { dataFolder: elsewhere, experimentFolder: data };
const csv = {
  type: "csv",
  training: "training.csv",
  test: "test.csv",
  channels: 1,
  validation: 0,
  normalize: false,
};

function find(...chosen: readonly (typeof csv)[]) {
  return findDataSources(chosen, context);
}

test("each data set is listed once, with its place and whether it is there", () => {
  expect(find(csv, { ...csv, training: "test.csv" }, csv)).toEqual([
    { name: "csv", place: expect.stringContaining("training.csv"), isHere: true },
    { name: "csv", place: expect.stringContaining("test.csv"), isHere: true },
  ]);
});

test("a path inside the working folder is relative, any other is absolute", () => {
  const before = process.cwd();
  try {
    process.chdir(join(data, ".."));
    expect(find(csv)[0]!.place).toMatch(/^data\b/);
    process.chdir(elsewhere);
    expect(relative(elsewhere, data)).toMatch(/^\.\./);
    expect(find(csv)[0]!.place).toContain(data);
  } finally {
    process.chdir(before);
  }
});
