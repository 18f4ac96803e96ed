import { writeFileSync } from "node:fs";

import { Type } from "typebox";
import { expect, test } from "vitest";

import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { defineTinyDataset, tinyFiles, writeFiles } from "../test/tiny-dataset.ts";
import type { Split } from "./dataset.ts";
import { customValidationOption, defineDataset, normalizeOption } from "./definition.ts";
import { csv } from "./datasets/csv.ts";
import { idx } from "./datasets/idx.ts";
import { encodeIdx } from "./files/idx.ts";
import { fileRoles } from "./files/published.ts";

const context = { dataFolder: "/nowhere" };
const problem = "expected images of at least two classes, got";

/** A data set that checks nothing itself. */
function defineData(labels: readonly number[], reads: "before" | "later") {
  const split: Split = {
    images: new Uint8Array(labels.length),
    labels: Uint8Array.from(labels),
    count: labels.length,
  };
  const shape = { exampleShape: [1, 1, 1], classes: 3 };
  return defineDataset({
    type: "dots",
    description: "Dots.",
    options: Type.Object({ validation: customValidationOption, normalize: normalizeOption }),
    describe: () => ({
      ...shape,
      trainingCount: labels.length,
      testCount: labels.length,
      ...(reads === "before" && { trainingLabels: split.labels }),
    }),
    find: () => "the dots",
    load: () => Promise.resolve({ ...shape, name: "dots", source: "dots", training: split, test: split }),
  });
}

test("every data set refuses training images of one class, as early as it knows the labels", async () => {
  const chosen = { validation: 0, normalize: false };
  const early = defineData([2, 2, 2], "before");
  expect(() => early.describe(chosen, context)).toThrow(
    `the dots: ${problem} 3 images, all of class 2. Use training images of more classes.`,
  );
  const late = defineData([2], "later");
  expect(late.describe(chosen, context).classes).toBe(3);
  await expect(late.load(chosen, context)).rejects.toThrow(`dots: ${problem} one image of class 2.`);
  expect((await defineData([0, 2], "later").load(chosen, context)).training.count).toBe(2);
});

test("files of one class in the folder of a published data set are refused", async () => {
  const trainingLabels = encodeIdx({ shape: [5], data: new Uint8Array(5) });
  const dataFolder = createTemporaryFolder();
  writeFiles(`${dataFolder}/tiny`, { ...tinyFiles, trainingLabels });
  await expect(defineTinyDataset().load({ validation: 0 }, { dataFolder })).rejects.toThrow(
    `${dataFolder}/tiny: ${problem} 5 images, all of class 0.`,
  );
});

test("the name has the options that change the data, so two readings of the same files differ", async () => {
  const files = { "a.csv": "a,b,p\n0,1,7\n1,0,8\n", "t.csv": "a,b,p\n0,1,7\n" };
  const experimentFolder = createTemporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(`${experimentFolder}/${name}`, text);
  const nameWith = async (changes: object): Promise<string> => {
    const chosen = { training: "a.csv", test: "t.csv", channels: 1, validation: 0, normalize: false };
    const dataset = await csv.load(
      { ...chosen, height: 1, width: 2, ...changes },
      { ...context, experimentFolder },
    );
    return dataset.name;
  };
  expect(await nameWith({ label: "a" })).toBe("csv a.csv, t.csv (label: a, height: 1, width: 2)");
  expect(await nameWith({ label: "b", normalize: true })).toBe(
    "csv a.csv, t.csv (label: b, height: 1, width: 2)",
  );
  expect(await nameWith({ label: 1, channels: 2, width: 1 })).toBe(
    "csv a.csv, t.csv (label: 1, height: 1, width: 1, channels: 2)",
  );
});

test("the name of IDX files has the files of the labels", async () => {
  const experimentFolder = createTemporaryFolder();
  const chosen = { trainingImages: "x", trainingLabels: "y", testImages: "tx", testLabels: "ty" };
  for (const role of fileRoles) writeFileSync(`${experimentFolder}/${chosen[role]}`, tinyFiles[role]);
  const { name } = await idx.load(
    { ...chosen, validation: 0, normalize: false },
    { ...context, experimentFolder },
  );
  expect(name).toBe("idx x, tx (trainingLabels: y, testLabels: ty)");
});
