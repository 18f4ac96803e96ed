import { Type } from "typebox";
import { expect, test } from "vitest";

import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { defineTinyDataset, tinyFiles, writeFiles } from "../test/tiny-dataset.ts";
import type { Split } from "./dataset.ts";
import { customValidationOption, defineDataset, normalizeOption } from "./definition.ts";
import { encodeIdx } from "./files/idx.ts";

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
