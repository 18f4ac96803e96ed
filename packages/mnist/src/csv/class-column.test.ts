import { expect, test } from "vitest";

import { createFolder, loadCustomData, getNotices, getLoadError } from "../../test/custom-data.ts";

const options = { training: "train.csv", test: "test.csv", channels: 1 };

/**
 * Returns rows without a header, like those of Fashion-MNIST: the corners are black or nearly black, the
 * middle is bright.
 */
function clothes(
  at: "first" | "last",
  classOf: (row: number) => number,
  { rows = 120, corner = 40 } = {},
): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const middle = Array.from({ length: 7 }, (_each, column) => (row * 37 * (column + 3)) % 256);
    const pixels = [row % corner === 1 ? row % 3 : 0, ...middle, row % 30 === 7 ? 1 + (row % 2) : 0];
    return (at === "first" ? [classOf(row), ...pixels] : [...pixels, classOf(row)]).join(",");
  });
  return `${lines.join("\n")}\n`;
}

test.each([
  ["first", 10],
  ["last", 10],
  ["last", 5],
] as const)(
  "many rows distinguish classes (%s column, %i classes) from black corners",
  async (at, classes) => {
    const classOf = (row: number): number => (row * 7) % classes;
    const text = clothes(at, classOf);
    const folder = createFolder({ "train.csv": text, "test.csv": text });
    expect(getNotices("csv", options, folder)).toEqual([]);
    const dataset = await loadCustomData("csv", options, folder);
    expect([...dataset.training.labels]).toEqual(Array.from({ length: 120 }, (_, row) => classOf(row)));
  },
);

test.each([
  ["few rows", (row: number) => row % 10, { rows: 99 }],
  ["few classes", (row: number) => row % 4, {}],
  ["classes that are not even", (row: number) => (row % 40 === 0 ? 4 : row % 4), {}],
  ["a number that is left out", (row: number) => [0, 1, 2, 3, 5, 6][row % 6]!, {}],
])("data with %s is rejected or gives a notice", async (_what, classOf, shape) => {
  const text = clothes("last", classOf, shape);
  const folder = createFolder({ "train.csv": text, "test.csv": text });
  const said = await getLoadError("csv", options, folder);
  const notices = said === "in order" ? getNotices("csv", options, folder) : [];
  expect([said, ...notices].join("\n")).toMatch(/seems to have the classes|Set "label/);
});
