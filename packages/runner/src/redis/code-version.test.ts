import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { hashSources } from "./code-version.ts";

function workspace(sources: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-version-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "packages/one/src"), { recursive: true });
  writeFileSync(join(folder, "pnpm-lock.yaml"), "lockfileVersion: 9\n");
  for (const [path, text] of Object.entries(sources)) writeFileSync(join(folder, "packages/one", path), text);
  return hashSources(folder);
}

test("the version depends on the sources and not on their folder", () => {
  const version = workspace({ "src/a.ts": "let a;\n", "src/b.ts": "" });
  expect(workspace({ "src/a.ts": "let a;\n", "src/b.ts": "" })).toBe(version);
  expect(workspace({ "src/a.ts": "let a;\r\n", "src/b.ts": "" })).toBe(version);
  expect(workspace({ "src/a.ts": "let a;\n", "src/b.ts": "", "src/a.test.ts": "x", "README.md": "x" })).toBe(
    version,
  );
  expect(workspace({ "src/a.ts": "let b;\n", "src/b.ts": "" })).not.toBe(version);
  expect(workspace({ "src/a.ts": "let a;\n", "src/c.ts": "" })).not.toBe(version);
  expect(workspace({ "src/a.ts": "", "src/b.ts": "let a;\n" })).not.toBe(version);
});
