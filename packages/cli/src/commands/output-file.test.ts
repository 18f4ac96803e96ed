import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { checkOutputFile, writeOutputFile } from "./output-file.ts";

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-output-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("--out must be a file: an existing one, a new one or none", () => {
  const folder = createFolder();
  writeFileSync(join(folder, "old"), "");
  for (const out of [undefined, join(folder, "old"), join(folder, "new")]) checkOutputFile(out);
  expect(() => checkOutputFile(folder)).toThrow(`--out: ${folder} is a folder\n  Give a file in it.`);
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
