import { expect, test } from "vitest";

import { createFolder, getLoadError, getNotices, loadCustomData } from "../../test/custom-data.ts";

const header = "label,a,b,c,d\n";
const rows = "1,0,1,2,3\n0,252,253,254,255\n2,9,8,7,6\n";
const options = { training: "train.csv", test: "test.csv", channels: 1 };
const test1 = "2,4,5,6,7\n";

test("an empty file is reported, also if the options say what is in it", async () => {
  const folder = createFolder({ "train.csv": "", "test.csv": test1 });
  for (const label of ["first", "last", 1, "class"])
    await expect(loadCustomData("csv", { ...options, label, header: true }, folder)).rejects.toThrow(
      "expected at least one image, got no row of pixels",
    );
});

test.each([
  [
    "",
    test1,
    "training: train.csv: expected at least one image, got no row of pixels. Use a file that contains images.",
  ],
  [
    header,
    test1,
    "training: train.csv: expected at least one image, got no row of pixels. Use a file that contains images.",
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
    "training: train.csv, line 1: expected a class and pixels with commas between them, got one column. " +
      'Replace ";" with commas.',
  ],
  [
    "label;p0;p1;p2;p3\n1;2,0;3,0;4,0;5,0\n0;2,5;3,0;4,0;5,0\n",
    test1,
    'training: train.csv, line 1: expected a class and pixels with commas between them, got ";" between them, ' +
      'and decimal commas. Replace each decimal comma with a point, then each ";" with a comma.',
  ],
  [
    "1\t2,0\t3,0\t4,0\t5,0\n0\t2,5\t3,0\t4,0\t5,0\n",
    test1,
    'training: train.csv, line 1: expected a class and pixels with commas between them, got "\\t" between them, ' +
      'and decimal commas. Replace each decimal comma with a point, then each "\\t" with a comma.',
  ],
  [
    `My digits; from a scan\n${rows}`,
    test1,
    "training: train.csv, line 1: expected 5 columns, as in the lines below, got 1. Correct this line, or remove it.",
  ],
  [
    "1,9,3,4\n0,2,3,4\n",
    test1,
    "training: train.csv, line 1: expected square images of 1 number per pixel, got 3 columns besides the " +
      "class. Set height, width and channels to those of the images.",
  ],
  [
    rows,
    "4,5,6,7\n",
    "test: test.csv, line 1: expected a class and 4 pixels, as in the training images, got 4 columns " +
      "(is the column of classes missing?). Use images of the same size, with their classes.",
  ],
  [
    rows,
    `${test1}3,4,5,6,7\n`,
    "test: test.csv, line 2, column 1: expected a label from 0 to 2, got 3. Correct it, or set " +
      '"classes" to the number of classes.',
  ],
])("reports what is wrong and where in the files %j and %j", async (train, test, message) => {
  expect(await getLoadError("csv", options, createFolder({ "train.csv": train, "test.csv": test }))).toBe(
    message,
  );
});

test.each(["182,118,173,173,1", "cat,118,173,173,1", "1,0,0,7,1"])(
  "refuses to read the image %s as a header",
  async (image) => {
    const folder = createFolder({ "train.csv": `${image}\n${rows}`, "test.csv": test1 });
    const first = image.split(",").slice(0, 4);
    expect(await getLoadError("csv", { ...options, header: true }, folder)).toBe(
      "training: train.csv, line 1: expected the names of the columns for header: true, got numbers that repeat, " +
        `as in an image: ${first.map((cell) => `"${cell}"`).join(", ")}, …. Set "header: false" if this line is ` +
        "an image.",
    );
  },
);

test("reports errors in the test file before anything is loaded", () => {
  const folder = createFolder({ "train.csv": rows, "test.csv": `${test1}1,0,x,2,3\n` });
  expect(() => getNotices("csv", options, folder)).toThrow(
    /test\.csv, line 2, column 3: expected a pixel, a whole number from 0 to 255, got "x"\. Correct it\.$/,
  );
});

test.each([
  [rows, "0,1,2,3,3\n1,1,2,3,4\n2,1,2,3,4\n", []],
  [
    rows,
    "1,1,2,3,4\n",
    ["test.csv has no image of classes 0 and 2, so the test metrics do not cover every class"],
  ],
  [
    "1,1,2,3,4\n2,1,2,3,4\n",
    "1,1,2,3,4\n2,1,2,3,4\n",
    [
      "train.csv has no image of class 0, but the network has an output for each class; classes are counted from 0",
    ],
  ],
  [
    "9,1,2,3,4\n0,1,2,3,4\n9,1,2,3,4\n0,1,2,3,4\n",
    "9,1,2,3,4\n0,1,2,3,4\n",
    [
      "train.csv has no image of classes 1, 2, 3, 4, 5 and 3 more, but the network has an output for each class",
    ],
  ],
])("reports classes without images in the files %j and %j", (train, test, notices) => {
  const files = { "train.csv": train, "test.csv": test };
  expect(getNotices("csv", { ...options, label: "first" }, createFolder(files))).toEqual(notices);
});

test("refuses a missing column, a missing file, and a folder in place of a file", async () => {
  const folder = createFolder({ "train.csv": header + rows, "data/test.csv": test1 });
  expect(await getLoadError("csv", { ...options, label: "digit" }, folder)).toBe(
    'training: train.csv, line 1: expected a header with the column "digit", got "label", "a", "b", "c", …. ' +
      "Correct the option label: a name in the header, a number from 1, first or last.",
  );
  expect(await getLoadError("csv", options, folder)).toContain(
    "test: test.csv: expected a file, but it does not exist. Paths are relative to the file that contains them;",
  );
  expect(await getLoadError("csv", { ...options, test: "data" }, folder)).toBe(
    "test: data: expected a file, got a folder. Choose a file in it.",
  );
});
