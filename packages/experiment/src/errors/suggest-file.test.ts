import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { suggestFile } from "./suggest-file.ts";

test("a missing file is compared by its name without the end, so unrelated names are not suggested", () => {
  const folder = mkdtempSync(join(tmpdir(), "nn-suggest-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["one.yaml", "small.yaml"]) writeFileSync(join(folder, name), "");
  const suggest = (name: string): string => suggestFile(join(folder, name), name, /\.ya?ml$/);
  expect(suggest("./nope.yaml")).toBe("In that folder: one.yaml, small.yaml");
  expect(suggest("./smal.yaml")).toBe('did you mean "./small.yaml"?');
  expect(suggest("small.yml")).toBe('did you mean "small.yaml"?');
});
