import { expect, test } from "vitest";

import { formatShape, isSameShape, countElements } from "./shape.ts";

test("a scalar has one element, and a shape with an empty axis has none", () => {
  expect(countElements([])).toBe(1);
  expect(countElements([28, 28, 1])).toBe(784);
  expect(countElements([5, 0, 3])).toBe(0);
});

test("shapes are formatted as in tables", () => {
  expect(formatShape([28, 28, 1])).toBe("(28, 28, 1)");
  expect(formatShape([])).toBe("()");
});

test("shapes are the same if they have the same number of axes with the same sizes", () => {
  expect(isSameShape([2, 3], [2, 3])).toBe(true);
  expect(isSameShape([2, 3], [3, 2])).toBe(false);
  expect(isSameShape([2], [2, 1])).toBe(false);
  expect(isSameShape([2, 1], [2])).toBe(false);
});
