import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { DatasetDefinition } from "../src/definition.ts";
import { defineIdxDataset } from "../src/idx-dataset.ts";
import { encodeIdx } from "../src/files/idx.ts";
import { fileNames, fileRoles, type FileRole } from "../src/files/published.ts";
import type { SourceFolder } from "../src/sources/folder.ts";

/**
 * Four files in MNIST format: five training images and two test images of 2 × 3 pixels, with three classes.
 */
export const tinyFiles: Readonly<Record<FileRole, Uint8Array>> = {
  trainingImages: encodeIdx({ shape: [5, 2, 3], data: Uint8Array.from({ length: 30 }, (_, i) => i * 8) }),
  trainingLabels: encodeIdx({ shape: [5], data: Uint8Array.of(0, 1, 2, 1, 0) }),
  testImages: encodeIdx({ shape: [2, 2, 3], data: Uint8Array.from({ length: 12 }, (_, i) => 255 - i) }),
  testLabels: encodeIdx({ shape: [2], data: Uint8Array.of(2, 0) }),
};

/** Defines the data set of these files, with the places and mirrors of a test. */
export function defineTinyDataset(
  options: { readonly places?: readonly SourceFolder[]; readonly mirrors?: readonly string[] } = {},
): DatasetDefinition {
  return defineIdxDataset({
    type: "tiny",
    description: "Seven images, for tests.",
    classes: 3,
    exampleShape: [2, 3, 1],
    trainingCount: 5,
    testCount: 2,
    nonZeros: 1,
    places: options.places ?? [],
    publication: {
      md5: {
        trainingImages: md5(tinyFiles.trainingImages),
        trainingLabels: md5(tinyFiles.trainingLabels),
        testImages: md5(tinyFiles.testImages),
        testLabels: md5(tinyFiles.testLabels),
      },
      mirrors: options.mirrors ?? [],
    },
  });
}

/** Writes files into a folder under their usual names. */
export function writeFiles(folder: string, files: Readonly<Partial<Record<FileRole, Uint8Array>>>): void {
  mkdirSync(folder, { recursive: true });
  for (const role of fileRoles) {
    const content = files[role];
    if (content !== undefined) writeFileSync(join(folder, fileNames[role]), content);
  }
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
