import { expect, test } from "vitest";

import { createFolder, getLoadError, getNotices } from "../../test/custom-data.ts";

const options = { training: "train.csv", test: "test.csv", channels: 1 };

/** Returns rows of noise with four pixels, with `cells` before and behind them. */
function noise(header: string, cells: (row: number) => readonly [before: string, behind: string]): string {
  const lines = Array.from({ length: 30 }, (_, row) => {
    const pixels = [3, 7, 11, 13].map((factor) => ((row + 2) * factor * 47) % 251);
    const [before, behind] = cells(row);
    return [before, ...pixels, behind].filter((cell) => cell !== "").join(",");
  });
  return `${[header, ...lines].join("\n")}\n`;
}

async function errorOf(text: string, chosen: object = {}): Promise<string> {
  const folder = createFolder({ "train.csv": text, "test.csv": text });
  return getLoadError("csv", { ...options, ...chosen }, folder);
}

test.each(["target", 6, "last"])("refuses a second class column besides label: %s", async (label) => {
  const text = noise("Label,p0,p1,p2,p3,target", (row) => [String(row % 3), String(row % 3)]);
  expect(await errorOf(text, { label, height: 1 })).toContain(
    'train.csv, line 1: expected one column of classes, "target", got "Label" too, which would be learned as a ' +
      "pixel. Remove that column, or rename it if it contains pixels.",
  );
});

test("refuses two columns with the name of the option label", async () => {
  const text = noise("kind,p0,p1,p2,p3,kind", (row) => [String(row % 3), String(row % 3)]);
  expect(await errorOf(text, { label: "kind", height: 1 })).toContain(
    'line 1: expected one column called "kind", got columns 1 and 6. Remove one of them',
  );
  const similar = noise("The Kind,p0,p1,p2,p3,the_kind", (row) => [String(row % 3), String(row % 3)]);
  expect(await errorOf(similar, { label: "thekind", height: 1 })).toContain(
    'line 1: expected one column for label: "thekind", got "The Kind", "the_kind". Write one of these names',
  );
});

test("refuses a second class column in the test file", async () => {
  const files = {
    "train.csv": noise("label,p0,p1,p2,p3", (row) => [String(row % 3), ""]),
    "test.csv": noise("label,class,p1,p2,p3", (row) => [String(row % 3), ""]),
  };
  expect(await getLoadError("csv", options, createFolder(files))).toContain(
    'test.csv, line 1: expected one column of classes, "label", got "class" too',
  );
});

test.each([
  ["", {}],
  ["p0,p1,p2,p3,cat,cow,dog", {}],
  ["p0,p1,p2,p3,cat,cow,dog", { label: "cow" }],
  ["p0,p1,p2,p3,cat,cow,dog", { label: 5 }],
])("refuses one-hot classes (header %j, options %j)", async (header, chosen) => {
  const text = noise(header, (row) => ["", ["1,0,0", "0,1,0", "0,0,1"][row % 3]!]).trimStart();
  expect(await errorOf(text, { ...chosen, height: 1 })).toContain(
    "train.csv: expected one column of classes, got columns 5 to 7, of which exactly one is 1 in each row",
  );
});

test("gives a notice about a copy of the classes under another name, but not about equal images", () => {
  const text = noise("label,p0,p1,p2,p3,kind", (row) => [String(row % 3), String(5 + (row % 3))]);
  const folder = createFolder({ "train.csv": text, "test.csv": text });
  expect(getNotices("csv", { ...options, height: 1 }, folder)).toContain(
    'train.csv has the same value for all images of a class in column 6 ("kind"), so networks may read the class ' +
      "from it; remove it if it is not a pixel",
  );
  const equal = `label,a,b,c,d\n${"0,9,8,7,6\n1,200,100,50,25\n".repeat(20)}`;
  const other = createFolder({ "train.csv": equal, "test.csv": equal });
  expect(getNotices("csv", options, other).filter((notice) => notice.includes("same value"))).toEqual([]);
});
