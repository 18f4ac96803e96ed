import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import {
  createFolder,
  loadCustomData,
  getNotices,
  getLoadError,
  type Files,
} from "../../test/custom-data.ts";
import { defineTinyDataset, tinyFiles } from "../../test/tiny-dataset.ts";
import { writeFiles } from "../../test/tiny-dataset.ts";
import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { DatasetError } from "../errors.ts";
import { testDataset } from "../testing.ts";
import { idx } from "./idx.ts";
import { computeDigest } from "../digest.ts";
import { encodeIdx } from "../files/idx.ts";

const options = { trainingImages: "a", trainingLabels: "b", testImages: "c", testLabels: "d" };
const files: Files = {
  a: tinyFiles.trainingImages,
  b: tinyFiles.trainingLabels,
  c: tinyFiles.testImages,
  d: tinyFiles.testLabels,
};
const labels = (...of: number[]) => encodeIdx({ shape: [of.length], data: Uint8Array.from(of) });

testDataset(idx, [
  { options, files: () => ({ dataFolder: "/nowhere", experimentFolder: createFolder(files) }) },
]);

test("reads four files of any size like a published data set with the same files", async () => {
  const dataset = await loadCustomData(
    "idx",
    options,
    createFolder({ ...files, a: gzipSync(tinyFiles.trainingImages) }),
  );
  expect(dataset).toMatchObject({ exampleShape: [2, 3, 1], classes: 3 });
  const folder = createTemporaryFolder();
  writeFiles(`${folder}/tiny`, tinyFiles);
  const published = await defineTinyDataset().load({ validation: 0 }, { dataFolder: folder });
  expect(computeDigest(dataset)).toBe(computeDigest(published));
});

test("accepts more classes than there are labels", async () => {
  expect(await loadCustomData("idx", { ...options, classes: 12 }, createFolder(files))).toMatchObject({
    classes: 12,
  });
});

test.each([
  [
    { a: tinyFiles.trainingLabels },
    "trainingImages: a: expected images, of 3 dimensions, got 1 dimension (images and labels mixed up?).",
  ],
  [
    { a: tinyFiles.trainingImages.subarray(0, -1) },
    "trainingImages: a: expected 46 bytes according to the header, got only 45.",
  ],
  [
    { a: "PK\u0003\u0004" },
    "trainingImages: a: expected an IDX file, which begins with 00 00, got 50 4b 03 04 (a zip archive: " +
      "unpack it first).",
  ],
  ...[
    [5, 2, 3, 1],
    [5, 6],
    [5, 2, 1, 3],
  ].map((shape): [Files, string] => [
    { a: encodeIdx({ shape, data: new Uint8Array(30) }) },
    `trainingImages: a: expected images, of 3 dimensions, got ${shape.length} dimensions. Reshape the images to ` +
      "(N, height, width), one grey value per pixel. For colour images, use the data set images or csv.",
  ]),
  [
    { a: encodeIdx({ shape: [5, 6], data: new Uint8Array(29) }) },
    "trainingImages: a: expected images, of 3 dimensions, got 2 dimensions. Use a complete file, or another one.",
  ],
  [
    { d: gzipSync(encodeIdx({ shape: [2, 1], data: Uint8Array.of(2, 0) })) },
    "testLabels: d: expected labels, of 1 dimension, got 2 dimensions. Reshape the labels to (N): one number per " +
      "image, its class.",
  ],
  [
    { a: encodeIdx({ shape: [5, 0, 3], data: new Uint8Array() }) },
    "trainingImages: a: expected images of at least one pixel, got 0 × 3.",
  ],
  [
    { a: encodeIdx({ shape: [0, 2, 3], data: new Uint8Array() }) },
    "trainingImages: a: expected at least one image, got none.",
  ],
  [
    { a: Uint8Array.of(0, 0, 0x0d, 3, ...new Uint8Array(12)) },
    "trainingImages: a: expected unsigned bytes (type 08), got 32-bit floats (type 0d). Convert the file " +
      "to bytes, 0 for black and 255 for white: multiply fractions from 0 to 1 by 255 first.",
  ],
  [
    { d: Uint8Array.of(0, 0, 0x0c, 1, 0, 0, 0, 2) },
    "testLabels: d: expected unsigned bytes (type 08), got 32-bit integers (type 0c). Convert the file " +
      "to one byte per label, from 0.",
  ],
  [{ b: labels(0, 1) }, "trainingLabels: b: expected a label for each of the 5 images of a, got 2 labels."],
  [
    { c: encodeIdx({ shape: [2, 3, 2], data: new Uint8Array(12) }) },
    "testImages: c: expected images of (2, 3) pixels, got (3, 2).",
  ],
  [
    { b: labels(0, 0, 0, 0, 0) },
    "trainingLabels: b: expected images of at least two classes, got 5 images, all of class 0. Use the " +
      "labels of these images, or files with more classes.",
  ],
  [{ d: labels(0, 7) }, "testLabels: d: expected labels from 0 to 2, got 7 for image 1 (counted from 0)."],
])("reports %j with its option and its file", async (wrong, message) => {
  expect(await getLoadError("idx", options, createFolder({ ...files, ...wrong }))).toContain(message);
});

test("refuses training images of one class even if there are more classes", async () => {
  const folder = createFolder({ ...files, b: labels(2, 2, 2, 2, 2) });
  expect(await getLoadError("idx", { ...options, classes: 4 }, folder)).toMatch(
    /^trainingLabels: b: expected images of at least two classes, got 5 images, all of class 2\./,
  );
});

test.each([
  ["got only 45", tinyFiles.trainingImages.subarray(0, -1)],
  ["something follows the data", Uint8Array.of(...tinyFiles.trainingImages, 0)],
])("reports a file whose length differs from its header before anything is loaded: %s", (problem, a) => {
  expect(() => getNotices("idx", options, createFolder({ ...files, a }))).toThrow(problem);
});

/** Returns the message of the error that describing the data set throws, like `getLoadError`. */
function getDescribeError(chosen: object, folder: string): string {
  try {
    getNotices("idx", chosen, folder);
  } catch (error) {
    if (error instanceof DatasetError)
      return `${error.option}: ${error.message.replaceAll(`${folder}/`, "")}`;
    throw error;
  }
  return "in order";
}

test("a damaged file gives data or a DatasetError, before anything is loaded", async () => {
  const role = fc.constantFrom("a", "b", "c", "d");
  await fc.assert(
    fc.asyncProperty(role, fc.boolean(), fc.nat(60), fc.nat(255), async (name, isPacked, place, byte) => {
      const intact = Buffer.from(files[name]!);
      const damaged = isPacked ? Buffer.from(gzipSync(intact)) : intact;
      damaged[place % damaged.length] = byte;
      const folder = createFolder({ ...files, [name]: damaged.subarray(0, 1 + ((place * 7) % 90)) });
      const message = await getLoadError("idx", options, folder);
      expect(message).toMatch(/^(in order|(training|test)(Images|Labels): )/);
      // Checking the experiment reports the same error as loading the images.
      expect(getDescribeError(options, folder)).toBe(message);
    }),
  );
});
