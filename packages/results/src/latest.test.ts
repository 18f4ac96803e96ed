import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { readLatestRun, linkLatest } from "./latest.ts";

test("latest points to the newest run, by a link that stays valid when the folder is moved", () => {
  const folder = createTemporaryFolder();
  expect(readLatestRun(folder)).toBeUndefined();
  linkLatest(folder, "first");
  linkLatest(folder, "second");
  expect(readLatestRun(folder)).toBe(join(folder, "second"));
  expect(readlinkSync(join(folder, "latest"))).toBe("second");
  expect(readdirSync(folder)).toEqual(["latest"]);
});

test("a link that a killed process with the same number left behind is replaced", () => {
  const folder = createTemporaryFolder();
  symlinkSync("killed", join(folder, `latest.${process.pid}-0.tmp`), "dir");
  linkLatest(folder, "first");
  expect(readLatestRun(folder)).toBe(join(folder, "first"));
  expect(readdirSync(folder)).toEqual(["latest"]);
});

test("if links are rejected, latest is a text file", () => {
  const folder = createTemporaryFolder();
  const refuse = (): never => {
    throw Object.assign(new Error("operation not permitted, symlink"), { code: "EPERM" });
  };
  linkLatest(folder, "first", refuse);
  linkLatest(folder, "second", refuse);
  expect(lstatSync(join(folder, "latest")).isFile()).toBe(true);
  expect(readFileSync(join(folder, "latest"), "utf8")).toBe("second\n");
  expect(readLatestRun(folder)).toBe(join(folder, "second"));
});

test("an existing folder named latest is not replaced", () => {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, "latest", "mine"), { recursive: true });
  expect(() => linkLatest(folder, "first")).toThrow(`Cannot write ${join(folder, "latest")}: `);
  expect(readdirSync(folder)).toEqual(["latest"]);
});

test("a link that fails for another reason is an error, not a text file", () => {
  const folder = createTemporaryFolder();
  const fail = (): never => {
    throw Object.assign(new Error("no space left on device, symlink"), { code: "ENOSPC" });
  };
  expect(() => linkLatest(folder, "first", fail)).toThrow(
    `Cannot write ${join(folder, "latest")}: no space is left on the disk (ENOSPC).`,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a latest that is neither a link nor a text file is an error, not a missing one", () => {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, "latest"));
  expect(() => readLatestRun(folder)).toThrow(
    `Cannot read ${join(folder, "latest")}: it is a folder (EISDIR).`,
  );
});

test("a results folder that is a file is an error, not one without runs", () => {
  const file = join(createTemporaryFolder(), "results");
  writeFileSync(file, "");
  expect(() => readLatestRun(file)).toThrow(`Cannot read ${join(file, "latest")}: `);
});
