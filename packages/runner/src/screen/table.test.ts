import { expect, test } from "vitest";

import { formatTable, type Column } from "./table.ts";

const columns: Column[] = [
  { head: "name", align: "left" },
  { head: "loss", align: "right" },
  { head: "remark", align: "left", dispensable: 1 },
  { head: "note", align: "left", dispensable: 2 },
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

test("a narrow terminal loses the least needed column first", () => {
  expect(formatTable(columns, rows, 25)[0]).toBe("name        loss  remark");
  expect(formatTable(columns, rows, 18)[0]).toBe("name        loss");
});

test("what is needed stays, however narrow", () => {
  expect(formatTable(columns, rows, 3)[0]).toBe("name        loss");
});
