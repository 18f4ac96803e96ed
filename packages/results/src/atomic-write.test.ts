import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { writeFilesAtomically } from "./atomic-write.ts";
import { RunDirectoryError } from "./errors.ts";

test("several files take the places of old ones, and leave nothing beside them", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a"), "old");
  await writeFilesAtomically([
    [join(folder, "a"), "new"],
    [join(folder, "b"), Uint8Array.of(1, 2)],
  ]);
  expect(readdirSync(folder).sort()).toEqual(["a", "b"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
  expect([...readFileSync(join(folder, "b"))]).toEqual([1, 2]);
});

test("when one of several files cannot be written, all old ones stay", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a"), "old");
  const files = [
    [join(folder, "a"), "new"],
    [join(folder, "nowhere", "b"), "new"],
  ] as const;
  await expect(writeFilesAtomically(files)).rejects.toThrow(RunDirectoryError);
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("old");
});

test("a folder in the place of a file is told, and nothing is left beside it", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "b", "c"), { recursive: true });
  await expect(writeFilesAtomically([[join(folder, "b"), "new"]])).rejects.toThrow(
    `Cannot write ${join(folder, "b")}`,
  );
  expect(readdirSync(folder)).toEqual(["b"]);
});
