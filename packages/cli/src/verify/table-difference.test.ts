import fc from "fast-check";
import { expect, test } from "vitest";

import { findTableDifference } from "./table-difference.ts";

const results = "trial,status,epochs,test.loss\n1,completed,2,0.5\n2,completed,2,0.25\n";
const epochs = "trial,epoch,train.loss\n1,1,0.5\n1,2,0.25\n2,1,0.75\n";

test.each([
  ["a value", results, results.replace("0.25", "0.26"), ["trial 2", "test.loss", "0.25", "0.26"]],
  [
    "a value of an epoch",
    epochs,
    epochs.replace("0.75", "0.7"),
    ["trial 2, epoch 1", "train.loss", "0.75", "0.7"],
  ],
  [
    "a missing row",
    epochs,
    epochs.replace("2,1,0.75\n", ""),
    ["trial 2, epoch 1", "all", "a row", "no such row"],
  ],
  ["one row more", results, `${results}3,failed,0,\n`, ["trial 3", "all", "no such row", "a row"]],
  ["the header", results, results.replace("status", "state"), ["header", "2", "status", "state"]],
  ["a missing cell", "a\n1\n", "a\n1\n\n", ["line 3", "all", "no such row", "a row"]],
  [
    "line ends",
    results,
    results.replaceAll("\n", "\r\n"),
    ["all rows", "all", "the same line endings", "other line endings"],
  ],
])("%s that differs is named", (_what, expected, found, [row, column, a, b]) => {
  expect(findTableDifference("x", expected, found)).toEqual({ row, column, expected: a, found: b });
});

test("equal bytes have no difference, and other bytes always have one", () => {
  const table = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 4 });
  fc.assert(
    fc.property(table, table, (one, other) => {
      const [a, b] = [one, other].map(
        (rows) => `trial,x\n${rows.map((row) => `${row.join(",")}\n`).join("")}`,
      );
      expect(findTableDifference("x", a!, b!) === undefined).toBe(a === b);
    }),
  );
});
