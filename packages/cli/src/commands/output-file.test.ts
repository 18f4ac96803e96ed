import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { checkOutputFile, writeOutputFile } from "./output-file.ts";

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-output-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("an existing file is replaced if it is the command's own, or with --force", () => {
  const folder = createFolder();
  const old = join(folder, "old");
  writeFileSync(old, `own${"-".repeat(5000)}end`);
  expect(checkOutputFile(join(folder, "new"))).toBe(false);
  expect(checkOutputFile(old, { force: true })).toBe(true);
  const isOwn = (start: string, end: string): boolean => start.startsWith("own") && end.endsWith("end");
  expect(checkOutputFile(old, { isOwn, own: "a sheet" })).toBe(true);
  expect(() => checkOutputFile(old)).toThrow(
    `${old}: this file already exists\n  Replace it with --force, or write to another file with --out FILE.`,
  );
  for (const text of ["", "own", "end"]) {
    writeFileSync(old, text);
    expect(() => checkOutputFile(old, { isOwn, own: "a sheet" })).toThrow(
      `${old}: this file already exists and is not a sheet\n  Replace it with --force`,
    );
  }
});

test.skipIf(process.platform === "win32")("a folder, a pipe and a link to no file are never replaced", () => {
  const folder = createFolder();
  const [pipe, link] = [join(folder, "pipe"), join(folder, "link")];
  execFileSync("mkfifo", [pipe]);
  symlinkSync("none", link);
  for (const [file, message] of [
    [folder, `${folder} is a folder\n  Give a file in it.`],
    [pipe, `${pipe} is a pipe, a socket or a device\n  Give the name of a file.`],
    [link, `${link} is a symbolic link to no file\n  Delete the link, or give another file.`],
  ] as const)
    expect(() => checkOutputFile(file, { force: true })).toThrow(`--out: ${message}`);
});

test.skipIf(process.platform === "win32")("a link remains, and the file that it leads to is replaced", () => {
  const folder = createFolder();
  const [file, link] = [join(folder, "file"), join(folder, "link")];
  writeFileSync(file, "old");
  symlinkSync("file", link);
  writeOutputFile(link, "new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("new");
});

test.skipIf(process.platform === "win32")("a path that the system cannot reach is an error", () => {
  const folder = createFolder();
  symlinkSync("loop", join(folder, "loop"));
  const message = (path: string, code: string): RegExp => new RegExp(`${path} cannot be written \\(${code}`);
  expect(() => checkOutputFile(join(folder, "loop", "x"))).toThrow(message("loop/x", "ELOOP"));
  expect(() => checkOutputFile(join(folder, "x".repeat(300)))).toThrow(message("x{300}", "ENAMETOOLONG"));
});

test("an output file that cannot be written is not advised about as a run", () => {
  const folder = createFolder();
  writeFileSync(join(folder, "journal.jsonl"), "");
  writeOutputFile(join(folder, "report.html"), "text");
  expect(readFileSync(join(folder, "report.html"), "utf8")).toBe("text");
  const file = join(folder, "nowhere", "report.html");
  expect(() => writeOutputFile(file, "text")).toThrow(
    `Cannot write ${file}: its folder does not exist (ENOENT). Choose another file with --out.`,
  );
});
