import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RunDirectoryError } from "@nn/results";
import { expect, onTestFinished, test } from "vitest";

import { deleteCheckpoint } from "./delete-checkpoint.ts";

test.skipIf(process.platform === "win32")(
  "a checkpoint that cannot be deleted is an error that names it",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "nn-checkpoint-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(() => deleteCheckpoint(folder)).not.toThrow();
    const file = join(folder, "1");
    writeFileSync(file, "");
    expect(() => deleteCheckpoint(file)).toThrow(RunDirectoryError);
    expect(() => deleteCheckpoint(file)).toThrow(/^Cannot delete .*checkpoint\.safetensors: /);
  },
);
