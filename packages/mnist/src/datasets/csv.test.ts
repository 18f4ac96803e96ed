import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { folderWith, loadOwn, noticesOf, told } from "../../test/own-data.ts";
import { digestOf } from "../digest.ts";

const header = "label,a,b,c,d\n";
const rows = "1,0,1,2,3\n0,252,253,254,255\n2,9,8,7,6\n";
const options = { training: "train.csv", test: "test.csv", channels: 1 };
const test1 = "2,4,5,6,7\n";

test("a row is an image: the class first, the pixels after it, in the order of the file", async () => {
  const dataset = await loadOwn(
    "csv",
    options,
    folderWith({ "train.csv": header + rows, "test.csv": header + test1 }),
  );
  expect(dataset).toMatchObject({ exampleShape: [2, 2, 1], classes: 3 });
  expect([...dataset.training.images]).toEqual([0, 1, 2, 3, 252, 253, 254, 255, 9, 8, 7, 6]);
  expect([...dataset.training.labels]).toEqual([1, 0, 2]);
  expect([...dataset.test.images]).toEqual([4, 5, 6, 7]);
  expect([...dataset.test.labels]).toEqual([2]);
});

test.each([
  ["without a header", rows],
  [
    "with a byte order mark, other line ends and empty lines",
    `\uFEFF${header}${rows}\n`.replaceAll("\n", "\r\n"),
  ],
  ["with quotes, spaces and points", `${header}"1", 0,1.0,2.,"3"\n0,252,253,254,255\n2,9,8,7,6`],
  ["gzipped", gzipSync(rows)],
])("%s it is the same data", async (_how, train) => {
  const plain = await loadOwn("csv", options, folderWith({ "train.csv": header + rows, "test.csv": test1 }));
  const other = await loadOwn("csv", options, folderWith({ "train.csv": train, "test.csv": test1 }));
  expect(digestOf(other)).toBe(digestOf(plain));
});

test("the column of the classes may have a name, and each file its own order of columns", async () => {
  const files = { "train.csv": "a,b,c,d,digit\n1,2,3,4,0\n", "test.csv": "digit,a,b,c,d\n0,5,6,7,8\n" };
  const dataset = await loadOwn("csv", { ...options, label: "digit" }, folderWith(files));
  expect([...dataset.training.images, ...dataset.test.images]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test.each([
  [{ height: 1 }, [1, 12, 1]],
  [{ width: 3 }, [4, 3, 1]],
  [{ channels: 3 }, [2, 2, 3]],
  [{ height: 3, width: 1, channels: 4 }, [3, 1, 4]],
])("12 numbers with %j are images of %j", async (layout, exampleShape) => {
  const row = `0,${Array.from({ length: 12 }, (_, i) => i).join(",")}\n`;
  const folder = folderWith({ "train.csv": row, "test.csv": row });
  expect(await loadOwn("csv", { ...options, ...layout }, folder)).toMatchObject({ exampleShape });
});

test.each([
  [
    "",
    test1,
    "training: train.csv: expected at least one image, got no row of numbers. Use a file that has some.",
  ],
  [
    header,
    test1,
    "training: train.csv: expected at least one image, got no row of numbers. Use a file that has some.",
  ],
  [
    `${header}1,0,x,2,3\n`,
    test1,
    'training: train.csv, line 2, column 3 (b): expected a pixel, a whole number from 0 to 255, got "x". Correct it.',
  ],
  [
    `${header}1,0,1,2,256\n`,
    test1,
    'training: train.csv, line 2, column 5 (d): expected a pixel, a whole number from 0 to 255, got "256". Correct it.',
  ],
  [
    `${rows}-1,0,1,2,3\n`,
    test1,
    'training: train.csv, line 4, column 1: expected a class, a whole number from 0 to 255, got "-1". Correct it.',
  ],
  [
    `${rows}1,,1,2,3\n`,
    test1,
    'training: train.csv, line 4, column 2: expected a pixel, a whole number from 0 to 255, got "". Correct it.',
  ],
  [
    `${rows}1,0,1,2\n`,
    test1,
    "training: train.csv, line 4: expected 5 columns, as in the first line, got 4. Correct this line.",
  ],
  [
    "1;2;3;4;5\n",
    test1,
    'training: train.csv, line 1: expected a class and pixels with commas between them, got one column. Put commas in place of ";".',
  ],
  [
    "1,2,3,4\n",
    test1,
    "training: train.csv, line 1: expected square images of 1 number a pixel, got 3 columns beside the class. Say height, width and channels as they are.",
  ],
  [
    "a,label,b,c,d\n1,2,3,4,5\n",
    test1,
    'training: train.csv, line 1: expected the class in the first column, got a header with "label" in column 2. Add the option "label: label".',
  ],
  [
    rows,
    "4,5,6,7\n",
    "test: test.csv, line 1: expected a class and 4 pixels, as in the training images, got 4 columns (are there no classes in it?). Use images of the same size, with their classes.",
  ],
  [
    rows,
    `${test1}3,4,5,6,7\n`,
    'test: test.csv, line 2, column 1: expected a label from 0 to 2, got 3. Correct it, or say with "classes" how many there are.',
  ],
])("of the files %j and %j a person is told what is wrong and where", async (train, test, message) => {
  expect(await told("csv", options, folderWith({ "train.csv": train, "test.csv": test }))).toBe(message);
});

test("what is wrong with the test file is seen before anything is loaded", () => {
  const folder = folderWith({ "train.csv": rows, "test.csv": `${test1}1,0,x,2,3\n` });
  expect(() => noticesOf("csv", options, folder)).toThrow(
    /test\.csv, line 2, column 3: expected a pixel, a whole number from 0 to 255, got "x"\. Correct it\.$/,
  );
});

test.each([
  [rows, "0,1,2,3,4\n1,1,2,3,4\n2,1,2,3,4\n", []],
  [
    rows,
    "1,1,2,3,4\n",
    ["test.csv has no image of classes 0 and 2: nothing is tested of what is learned there"],
  ],
  [
    "1,1,2,3,4\n2,1,2,3,4\n",
    "1,1,2,3,4\n2,1,2,3,4\n",
    ["train.csv has no image of class 0, which the network has an output for; classes are counted from 0"],
  ],
  [
    "9,1,2,3,4\n",
    "9,1,2,3,4\n",
    ["train.csv has no image of classes 0, 1, 2, 3, 4 and 4 more, which the network has an output for"],
  ],
])("of the files %j and %j the classes without images are told", (train, test, notices) => {
  expect(noticesOf("csv", options, folderWith({ "train.csv": train, "test.csv": test }))).toEqual(notices);
});

test("a column that is not there, a file that is not there, a folder in its place", async () => {
  const folder = folderWith({ "train.csv": header + rows, "data/test.csv": test1 });
  expect(await told("csv", { ...options, label: "digit" }, folder)).toBe(
    'training: train.csv, line 1: expected a header with the column "digit", got "label", "a", "b", "c", …. ' +
      "Correct the option label; without it, the first column has the classes.",
  );
  expect(await told("csv", options, folder)).toContain(
    "test: test.csv: expected a file, found nothing of that name. Paths are relative to the file that names them;",
  );
  expect(await told("csv", { ...options, test: "data" }, folder)).toBe(
    "test: data: expected a file, got a folder. Name a file in it.",
  );
});

test("whatever the bytes, it is data or a DatasetError", async () => {
  const pieces = fc.constantFrom(
    "0",
    "1",
    "255",
    "256",
    ",",
    ",",
    ",",
    "\n",
    "\r",
    '"',
    ";",
    "label",
    " ",
    "\u0000",
    "ü",
    "-1",
    "1e9",
  );
  const text = fc.array(pieces, { maxLength: 60 }).map((each) => Buffer.from(each.join("")));
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 80 })), async (bytes) => {
      const folder = folderWith({ "train.csv": bytes, "test.csv": test1 });
      expect(await told("csv", options, folder)).toMatch(/^(in order|training: |test: )/);
    }),
  );
});
