import { expect, test } from "vitest";

import { formatShape, sameShape, sizeOf } from "./shape.ts";

test("a scalar has one element, and any empty axis leaves none", () => {
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([28, 28, 1])).toBe(784);
  expect(sizeOf([5, 0, 3])).toBe(0);
});

test("shapes are written as in the tables", () => {
  expect(formatShape([28, 28, 1])).toBe("(28, 28, 1)");
  expect(formatShape([])).toBe("()");
});

test("shapes are the same when every axis is, and there are as many", () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2], [2, 1])).toBe(false);
  expect(sameShape([2, 1], [2])).toBe(false);
});
