import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { createFolder, loadCustomData, getNotices, getLoadError } from "../../test/custom-data.ts";
import { datasets } from "../catalog.ts";
import { testDataset } from "../testing.ts";
import { csv } from "./csv.ts";
import { computeDigest } from "../digest.ts";

const header = "label,a,b,c,d\n";
const rows = "1,0,1,2,3\n0,252,253,254,255\n2,9,8,7,6\n";
const options = { training: "train.csv", test: "test.csv", channels: 1 };
const test1 = "2,4,5,6,7\n";

testDataset(csv, [
  {
    options,
    files: () => ({
      dataFolder: "/nowhere",
      experimentFolder: createFolder({ "train.csv": rows, "test.csv": test1 }),
    }),
  },
]);

test("each row is an image: the class first, then the pixels, in file order", async () => {
  const dataset = await loadCustomData(
    "csv",
    options,
    createFolder({ "train.csv": header + rows, "test.csv": header + test1 }),
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
  ["padded with spaces to columns of one width", rows.replaceAll(/\d+/g, (digits) => digits.padStart(4))],
  ["gzipped", gzipSync(rows)],
])("reads the same data %s", async (_how, train) => {
  const plain = await loadCustomData(
    "csv",
    options,
    createFolder({ "train.csv": header + rows, "test.csv": test1 }),
  );
  const other = await loadCustomData("csv", options, createFolder({ "train.csv": train, "test.csv": test1 }));
  expect(computeDigest(other)).toBe(computeDigest(plain));
});

test("finds the classes by column name, with a different column order per file", async () => {
  const files = {
    "train.csv": "a,b,c,d,kind\n1,2,3,4,0\n1,2,3,5,1\n",
    "test.csv": "kind,a,b,c,d\n0,5,6,7,8\n",
  };
  const dataset = await loadCustomData("csv", { ...options, label: "kind" }, createFolder(files));
  expect([...dataset.training.images, ...dataset.test.images]).toEqual([1, 2, 3, 4, 1, 2, 3, 5, 5, 6, 7, 8]);
});

test.each([
  [{ height: 1 }, [1, 12, 1]],
  [{ width: 3 }, [4, 3, 1]],
  [{ channels: 3 }, [2, 2, 3]],
  [{ height: 3, width: 1, channels: 4 }, [3, 1, 4]],
])("12 numbers with %j are images of %j", async (layout, exampleShape) => {
  const row = (label: number): string =>
    `${label},${Array.from({ length: 12 }, (_, i) => 9 * i).join(",")}\n`;
  const folder = createFolder({ "train.csv": row(0) + row(1), "test.csv": row(1) });
  expect(await loadCustomData("csv", { ...options, ...layout }, folder)).toMatchObject({ exampleShape });
});

/** Returns the labels and pixels that were read, training file first, and the class names. */
async function readOf(train: string, test: string, more: object = {}) {
  const dataset = await loadCustomData(
    "csv",
    { ...options, ...more },
    createFolder({ "train.csv": train, "test.csv": test }),
  );
  const { training, test: tested, classNames } = dataset;
  return {
    labels: [...training.labels, ...tested.labels],
    images: [...training.images, ...tested.images],
    names: classNames,
  };
}

const plain = { labels: [1, 0, 2, 2], images: [0, 1, 2, 3, 252, 253, 254, 255, 9, 8, 7, 6, 4, 5, 6, 7] };
/** The rows of `rows` and `test1`, with the class in the last column. */
const [lastRows, lastTest] = ["0,1,2,3,1\n252,253,254,255,0\n9,8,7,6,2\n", "4,5,6,7,2\n"];

test.each([
  ["a header that calls the last column class", `a,b,c,d,class\n${lastRows}`, `a,b,c,d,class\n${lastTest}`],
  ["a header that calls it Target", `a,b,c,d,Target\n${lastRows}`, lastTest],
  ["a comment of NumPy for a header", `# label,a,b,c,d\n${rows}`, test1],
  ["a header of numbers", `label,0,1,2,3\n${rows}`, `label,0,1,2,3\n${test1}`],
  [
    "a class in the middle",
    "p0,p1,y,p2,p3\n0,1,1,2,3\n252,253,0,254,255\n9,8,2,7,6\n",
    "p0,p1,y,p2,p3\n4,5,2,6,7\n",
  ],
  [
    "a column whose name is unlike the others",
    "p0,p1,p2,kind,p3\n0,1,2,1,3\n252,253,254,0,255\n9,8,7,2,6\n",
    "p0,p1,p2,kind,p3\n4,5,6,2,7\n",
  ],
  [
    "an index of pandas",
    ",label,a,b,c,d\n0,1,0,1,2,3\n1,0,252,253,254,255\n300,2,9,8,7,6\n",
    ",label,a,b,c,d\n7,2,4,5,6,7\n",
  ],
  [
    "a column of ids",
    "a,b,c,d,label,Id\n0,1,2,3,1,x.png\n252,253,254,255,0,y.png\n9,8,7,6,2,z.png\n",
    `a,b,c,d,label,id\n4,5,6,7,2,w\n`,
  ],
  ["other notations", "+1,0,1e0,2.,3.0\n0.0,252,2.53e2,254,255\n2.000e+00,9,08,7,6\n", "2,4,5,6,7\n"],
])("reads %s", async (_what, train, test) => {
  expect(await readOf(train, test)).toEqual({ ...plain, names: undefined });
});

test.each([
  ["last", lastRows, lastTest],
  [5, lastRows, lastTest],
  ["first", rows, test1],
  ["LABEL", header + rows, header + test1],
  ["9", `0,1,2,3,9\n${lastRows}`, `0,1,2,3,9\n${lastTest}`],
])("accepts %j as the option label", async (label, train, test) => {
  expect(await readOf(train, test, { label })).toEqual({ ...plain, names: undefined });
});

test("the option header decides whether there is a header", async () => {
  const train = `0,1,2,3,4\n${rows}`;
  expect(await readOf(train, test1, { header: false })).toMatchObject({ labels: [0, 1, 0, 2, 2] });
  expect(await readOf(train, `0,1,2,3,4\n${test1}`, { header: true })).toMatchObject(plain);
});

test("classes can be words, in alphabetical order", async () => {
  const read = await readOf("dog,0,1,2,3\ncat,4,5,6,7\ndog,8,9,0,1\n", "cat,1,1,1,1\n dog,2,2,2,2\n");
  expect(read).toMatchObject({ labels: [1, 0, 1, 0, 1], names: ["cat", "dog"] });
});

test.each([
  ["-1", "-1"],
  ["0.5", "0.5"],
  ["256", "256"],
  ["", ""],
  ["?", "?"],
  ["NaN", "NaN"],
  ["zero", "zero"],
])("a first row with the class %j is not read as a header", async (cell, told1) => {
  expect(
    await getLoadError(
      "csv",
      options,
      createFolder({ "train.csv": `${cell},7,9,5,1\n${rows}`, "test.csv": test1 }),
    ),
  ).toContain(
    `training: train.csv, line 1, column 1: expected a class, a whole number from 0 to 255, got "${told1}". Correct it`,
  );
});

test.each([
  [
    "0,1,2,3,4\n1,9,8,7,6\n",
    'line 1: expected a header or an image, got "0", "1", "2", "3", …, which can be either. Set "header: ' +
      'true" or "header: false".',
  ],
  ["1,7,7,7,7\n1,8,8,8,8\n", "neither has at least two values"],
  [
    "label,a,b,c,d\n1,7,7,7,7\n1,8,8,8,8\n",
    "expected images of at least two classes, got 2 images, all of class 1. The classes were read from column " +
      '"label" (first);',
  ],
  [
    "class,a,b,c,label\n1,7,7,7,0\n0,8,8,8,1\n",
    'line 1: expected one column of classes, got 2: "class", "label". Set "label" to one of them',
  ],
  ["0,9,200,7,0\n1,80,90,7,1\n2,9,9,100,2\n", 'both look like classes. Set "label: first" or "label: last".'],
  [
    "label,a,b,c,d\n1,0.5,0,1,0\n0,0,0,0,0\n",
    'got "0.5". Pixels go from 0 to 255: multiply these fractions by 255, and round.',
  ],
  ["label,id,b,c,d\n1,3,0,1,0\n0,3,0,0,0\n", 'got a column called "id" with repeated values.'],
  [
    "a title\n1,3,0,1,0\n0,3,0,0,0\n",
    "line 1: expected 5 columns, as in the lines below, got 1. Correct this line, or remove it.",
  ],
])("refuses %j, which can be read in two ways or not at all", async (train, message) => {
  expect(
    await getLoadError("csv", options, createFolder({ "train.csv": train, "test.csv": test1 })),
  ).toContain(message);
});

test("recognizes an index without a header by the size of the images", async () => {
  const numbered = [...rows.trim().split("\n"), "1,1,1,1,1"].map((row, n) => `${n},${row}\n`).join("");
  expect(await readOf(numbered, `9,${test1}`)).toMatchObject({ labels: [1, 0, 2, 1, 2] });
  const long = Array.from(
    { length: 9 },
    (_, n) => `${n},${n % 3},${(n * 31) % 256},${(n * 97) % 256}\n`,
  ).join("");
  expect(
    await getLoadError(
      "csv",
      { ...options, height: 1 },
      createFolder({ "train.csv": long, "test.csv": long }),
    ),
  ).toContain(
    "train.csv, column 1: expected pixels or classes, got a number for each row, which looks like an " +
      "index. Remove that column",
  );
});

test("refuses pixels in a different order than in the training file", async () => {
  const files = { "train.csv": header + rows, "test.csv": "label,a,c,b,d\n2,4,5,6,7\n" };
  expect(await getLoadError("csv", options, createFolder(files))).toContain(
    'test: test.csv, line 1: expected the pixels in the order of the training file, got "c" in place of "b".',
  );
});

test.each([
  ["from 3 to 6, several", (row: number) => 3 + (row % 4)],
  ["of one kind", () => 3],
])("a notice names a middle column that could hold classes %s", (_how, classOf) => {
  const bright = (row: number): string => `${(row * 37) % 256}`;
  const rowsOf = Array.from(
    { length: 16 },
    (_, row) => `${row % 3},${bright(row)},${classOf(row)},${bright(row + 5)},${bright(row + 9)}\n`,
  );
  const folder = createFolder({ "train.csv": rowsOf.join(""), "test.csv": rowsOf.join("") });
  expect(getNotices("csv", options, folder)).toEqual([
    "train.csv seems to have the classes in column 1, but column 3 could also contain them; " +
      'set "label: 1" or "label: 3"',
  ]);
});

test("summarizes in one line what was read", () => {
  const summary = (train: string, test: string): string => {
    const folder = createFolder({ "train.csv": train, "test.csv": test });
    const context = { dataFolder: "/nowhere", experimentFolder: folder };
    const info = datasets.get("csv")!.describe({ ...options, validation: 0, normalize: false }, context);
    return info.summary!.replaceAll(`${folder}/`, "");
  };
  expect(summary(`a,b,c,d,class\n${lastRows}`, `a,b,c,d,class\n${lastTest}`)).toBe(
    'train.csv: 3 images of 2 × 2, class in column "class" (last), header; test.csv: 1 image',
  );
  expect(summary(rows, test1)).toBe(
    "train.csv: 3 images of 2 × 2, class in column 1 (first), no header; test.csv: 1 image",
  );
  expect(summary(`,label,a,b,c,d\n0,${rows.split("\n", 1).join("")}\n1,2,2,3,4,5\n`, test1)).toContain(
    'class in column "label" (first), header, column "" left out as an index; test.csv: 1 image, class ' +
      "in column 1 (first), no header",
  );
});

test("any bytes give data or a DatasetError", async () => {
  const chunks = fc.constantFrom(
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
  const text = fc.array(chunks, { maxLength: 60 }).map((each) => Buffer.from(each.join("")));
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 80 })), async (bytes) => {
      const folder = createFolder({ "train.csv": bytes, "test.csv": test1 });
      expect(await getLoadError("csv", options, folder)).toMatch(/^(in order|training: |test: )/);
    }),
  );
});
