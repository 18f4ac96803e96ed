import { expect, test } from "vitest";

import { createFolder, getLoadError } from "../../test/custom-data.ts";

const options = { training: "train.csv", test: "test.csv", channels: 1 };

/** Returns twelve rows of four pixels, with `cells` before and behind them. */
function rowsOf(header: string, cells: (row: number) => readonly [before: string, behind: string]): string {
  const lines = Array.from({ length: 12 }, (_, row) => {
    const pixels = [3, 7, 11, 13].map((factor) => ((row + 2) * factor * 47) % 251);
    const [before, behind] = cells(row);
    return [before, ...pixels, ...(behind === "" ? [] : [behind])].join(",");
  });
  return `${[header, ...lines].join("\n").trimStart()}\n`;
}

function errorOf(text: string): Promise<string> {
  return getLoadError("csv", options, createFolder({ "train.csv": text, "test.csv": text }));
}

test.each(["NA", "none", "null", ""])(
  "a class called %j among names is called a missing value",
  async (name) => {
    const classOf = (row: number): string => ["cat", name, "dog"][row % 3]!;
    expect(await errorOf(rowsOf("label,a,b,c,d", (row) => [classOf(row), ""]))).toBe(
      "training: train.csv, line 3, column 1 (label): expected the name of a class, as in other rows, and not a " +
        `missing value, got "${name}". Remove this row, or write another name if this is the name of a class, such ` +
        "as no-digit.",
    );
  },
);

test.each([
  [
    ["1", "cat", "2"],
    'line 3, column 1 (label): expected a class, a whole number from 0 to 255, got "cat". Correct',
  ],
  [
    ["cat", "1", "dog"],
    "line 3, column 1 (label): expected the name of a class, as in other rows, and not a number",
  ],
  [["0", "1", ""], 'got "". Correct it, or remove this row.'],
])("classes %j, names and numbers, are reported at the rarer kind", async (classes, message) => {
  expect(await errorOf(rowsOf("label,a,b,c,d", (row) => [classes[row % 3]!, ""]))).toContain(message);
});

test.each([
  [
    rowsOf("label,a,b,c,d,split", (row) => [String(row % 3), "train"]),
    'line 2: expected pixels in all columns besides the class, got words in column 6 (split), such as "train". ' +
      'Remove it, or set "label" to it if it contains the classes.',
  ],
  [
    rowsOf("file,label,a,b,c,d,name", (row) => [`${row}.png,${row % 3}`, `n${row}`]),
    'got words in columns 1 (file), 7 (name), such as "0.png". Remove them.',
  ],
  [
    rowsOf("", (row) => [`${row}.png`, `${row % 3},0`]),
    'train.csv: expected a class in column 1, got a different word in each row, such as "1.png". Remove this column',
  ],
])("columns of words are named before the size of the images: %j", async (text, message) => {
  expect(await errorOf(text)).toContain(message);
});
