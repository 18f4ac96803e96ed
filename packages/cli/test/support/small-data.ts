import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll } from "vitest";

import { BenchFolder } from "./bench-folder.ts";
import { writeSmallMnist } from "./small-mnist.ts";

/**
 * Writes the small data set for the tests of a file. Returns a function that creates a folder with the data
 * and a spec, for one test.
 */
export function createSmallDataFolders(): (spec: string) => BenchFolder {
  const data = mkdtempSync(join(tmpdir(), "nn-data-"));
  beforeAll(() => writeSmallMnist(data));
  afterAll(() => rmSync(data, { recursive: true, force: true }));
  return (spec) => {
    const folder = BenchFolder.forTest(data);
    folder.write("spec.yaml", spec);
    return folder;
  };
}
