import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { defineTinyDataset, tinyFiles, writeFiles } from "../test/tiny-dataset.ts";
import { computeDigest } from "./digest.ts";
import { fileNames, fileRoles } from "./files/published.ts";

async function digestIn(dataFolder: string): Promise<string> {
  return computeDigest(await defineTinyDataset().load({ validation: 0 }, { dataFolder }));
}

test("is the SHA-256 of the four files one after the other, gzipped or not", async () => {
  const [plain, packed] = [createTemporaryFolder(), createTemporaryFolder()];
  writeFiles(join(plain, "tiny"), tinyFiles);
  mkdirSync(join(packed, "tiny"));
  for (const role of fileRoles)
    writeFileSync(join(packed, "tiny", `${fileNames[role]}.gz`), gzipSync(tinyFiles[role]));

  const whole = createHash("sha256");
  for (const role of fileRoles) whole.update(tinyFiles[role]);
  const expected = whole.digest("hex");
  expect(await digestIn(plain)).toBe(expected);
  expect(await digestIn(packed)).toBe(expected);
});

test("changes with one byte in any of the four files", async () => {
  const digests = new Set<string>();
  for (const role of [undefined, ...fileRoles]) {
    const files = { ...tinyFiles };
    if (role !== undefined) {
      const changed = Uint8Array.from(tinyFiles[role]);
      changed[changed.length - 1]! ^= 1;
      files[role] = changed;
    }
    const dataFolder = createTemporaryFolder();
    writeFiles(join(dataFolder, "tiny"), files);
    digests.add(await digestIn(dataFolder));
  }
  expect(digests.size).toBe(5);
});
