import fc from "fast-check";
import { expect, test } from "vitest";

import { formatTable, wrapWords, type Column } from "./table.ts";

const columns: Column[] = [
  { head: "name", align: "left" },
  { head: "loss", align: "right" },
  { head: "remark", align: "left" },
  { head: "note", align: "left" },
];
const rows = [
  ["a", "0.5", "short", "x"],
  ["long name", "12.25", "", "y"],
];

test("columns are aligned, without trailing spaces", () => {
  expect(formatTable(columns, rows, 80)).toEqual([
    "name        loss  remark  note",
    "a            0.5  short   x",
    "long name  12.25          y",
  ]);
});

test("a table that is too wide becomes a list of its rows with all values", () => {
  expect(formatTable(columns, rows, 25)).toEqual([
    "name a  loss 0.5",
    "    remark short  note x",
    "name long name",
    "    loss 12.25  note y",
  ]);
});

test("a value that is wider than the terminal is wrapped at a space, never inside a word", () => {
  const lines = formatTable(columns, [["a", "0.5", "some words, one_that_is_far_too_wide_for_it", "x"]], 20);
  expect(lines).toEqual([
    "name a  loss 0.5",
    "    remark some",
    "      words,",
    "      one_that_is_far_too_wide_for_it",
    "    note x",
  ]);
});

test("for any number of columns and any width, every value is shown and every line fits", () => {
  const word = fc.stringMatching(/^[a-z.]{1,9}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 30, max: 120 }),
      (cells, width) => {
        const lines = formatTable(
          cells.map(([head]) => ({ head, align: "left" })),
          [cells.map(([, cell]) => cell)],
          width,
        );
        const words = lines.join(" ").split(/ +/);
        for (const each of cells.flat()) expect(words).toContain(each);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test("a text is wrapped only at spaces", () => {
  expect(wrapWords("trial 1 (seed 1) of 2 completed   3 epochs", 20)).toEqual([
    "trial 1 (seed 1) of",
    "  2 completed   3",
    "  epochs",
  ]);
});
