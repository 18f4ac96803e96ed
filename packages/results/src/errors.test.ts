import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { RunDirectoryError, toFileSystemError, wrapFileSystemErrors } from "./errors.ts";

const readOnly = Object.assign(new Error("read-only"), { code: "EROFS" });

test("another folder is advised only if nothing was recorded, because a run there starts anew", () => {
  const folder = createTemporaryFolder();
  const file = join(folder, "results.csv");
  const fact = `Cannot write ${file}: the file system is read-only (EROFS).`;
  expect(toFileSystemError("write", file, readOnly)).toMatchObject({
    message: `${fact} Choose another folder with --out, then run the same command again.`,
  });
  writeFileSync(join(folder, "journal.jsonl"), "");
  expect(toFileSystemError("write", file, readOnly)).toMatchObject({
    message: `${fact} Recorded results are kept. Make it writable, then run the same command again to resume.`,
  });
});

test("a RunDirectoryError is not wrapped again, because its message is complete", () => {
  const inner = new RunDirectoryError("file-system", "Cannot write x: permission denied (EACCES).");
  const fail = (): never => {
    throw inner;
  };
  expect(toFileSystemError("write", "y", inner)).toBe(inner);
  expect(() => wrapFileSystemErrors("write", "y", fail)).toThrow(/^Cannot write x: permission denied/);
});
