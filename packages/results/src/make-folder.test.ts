import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { makeFolder } from "./make-folder.ts";

test("makes missing folders, and accepts existing ones, including links", () => {
  const folder = createTemporaryFolder();
  makeFolder(join(folder, "a", "b", "c"));
  makeFolder(join(folder, "a", "b", "c"));
  symlinkSync(join(folder, "a"), join(folder, "link"));
  makeFolder(join(folder, "link", "b", "d"));
  expect(statSync(join(folder, "a", "b", "d")).isDirectory()).toBe(true);
  makeFolder("/");
});

test("an existing file at the path or at a parent path is an error", () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "file"), "");
  expect(() => makeFolder(join(folder, "file"))).toThrow("something else has this name (EEXIST)");
  expect(() => makeFolder(join(folder, "file", "x", "y"))).toThrow("(ENOTDIR)");
});

test("a broken link is an error, not a loop", () => {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, "a"));
  symlinkSync(join(folder, "nowhere"), join(folder, "a", "link"));
  expect(() => makeFolder(join(folder, "a", "link", "x"))).toThrow(`Cannot make the folder`);
});

test.skipIf(process.platform !== "linux")(
  "a folder in which the system creates no folders is an error, not a loop",
  () => {
    expect(() => makeFolder("/proc/nn-results/x/y")).toThrow("Cannot make the folder /proc/nn-results/x/y");
  },
);
