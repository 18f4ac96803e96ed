import { readFileSync } from "node:fs";
import { join } from "node:path";

import { decode } from "fast-png";
import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const augmented = `${smallSweep}augment: [{ type: shift, pixels: 3 }, { type: mixup }]\n`;

test("writes the same sheet of training images each time, and reports that it replaces a file", async () => {
  const folder = prepare(augmented);
  const preview = ["preview", "spec.yaml", "--data", "data"];
  const first = await folder.runProgram(preview);
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(first.out).toBe(
    "Wrote small-preview.png, 786 × 862 pixels: 10 training images, unchanged and augmented in epochs 1 to 8.\n" +
      "These images are from trial 1 of 4, seed 1, learningRate 0.03.",
  );
  const sheet = readFileSync(join(folder.path, "small-preview.png"));
  expect(decode(sheet)).toMatchObject({ width: 786, height: 862, channels: 1 });

  const again = await folder.runProgram(preview);
  expect(again.out).toContain("Wrote small-preview.png, replacing the earlier file, ");
  expect(readFileSync(join(folder.path, "small-preview.png"))).toEqual(sheet);

  const other = await folder.runProgram([
    ...preview,
    "--out",
    "x.png",
    "--count",
    "3",
    "--epoch",
    "2",
    "--set",
    "augment=[]",
  ]);
  expect(other.out).toContain(
    "Wrote x.png, 786 × 260 pixels: 3 training images, unchanged and augmented in epochs 2 to 9.\n",
  );
  expect(other.out).toContain("This experiment has no augmentation: all columns are the same.\n");
  expect(other.out).toContain("Training ends after epoch 8.");
});

test.each([
  [["--out", "x.jpg"], 2, '--out: "x.jpg" does not end with .png'],
  [["--out", "data"], 2, "--out: data is a folder\n  Give a file in it."],
  [["--out", "spec.png"], 2, "spec.png: this file already exists and is not a preview of this program"],
  [["--count", "0"], 2, "Expected a whole number from 1 to 1024."],
  [["--out", "nowhere/x.png"], 1, "error: Cannot write nowhere/x.png: "],
  [["--data", "nowhere"], 2, '--data: the folder "nowhere" does not exist'],
])("with %j, it prints an error without a stack trace", async (args, code, message) => {
  const folder = prepare(augmented);
  folder.write("spec.png", "mine");
  const outcome = await folder.runProgram(["preview", "spec.yaml", "--data", "data", ...args]);
  expect(outcome.code).toBe(code);
  expect(outcome.err).toContain(message);
  expect(outcome.err).not.toMatch(/\n\s+at /);
});

test("a custom augmentation that throws is named", async () => {
  const folder = prepare(smallSweep.replace("model:", "augment: [{ type: ./broken.ts }]\nmodel:"));
  folder.write(
    "broken.ts",
    `import { defineAugmentation } from "@nn/mnist";
import { Type } from "typebox";
export const broken = defineAugmentation({
  type: "broken",
  description: "Throws an error.",
  options: Type.Object({}),
  plan: () => ({ transformBatch() { throw new Error("no image today"); } }),
});
`,
  );
  const { code, err } = await folder.runProgram(["preview", "spec.yaml", "--data", "data"]);
  expect(code).toBe(1);
  expect(err).toBe(
    'error: the augmentation ./broken.ts cannot be used: its function "transformBatch" throws Error: no image today',
  );
});
