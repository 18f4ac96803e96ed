import { expect, test } from "vitest";

import { formatOf, mapOf, moved, picture } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { rotate } from "./rotate.ts";
import { shift } from "./shift.ts";

testAugmentation(rotate, { nothing: { degrees: 0 }, something: { degrees: 20 } });

const sizes = [1, 4, 7, 28];

test.for(sizes)("90 degrees turn columns into rows from the bottom up, size %i", (size) => {
  const old = picture(size, size, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = mapOf([rotate.plan({ degrees: 90 }, formatOf([size, size, 1]))], 1);
  expect(moved(old, map)).toEqual(picture(size, size, (x, y) => old[size - 1 - x]![y]!));
});

test.for(sizes)("180 degrees reverse rows and columns, size %i", (size) => {
  const old = picture(size, 3, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = mapOf([rotate.plan({ degrees: 180 }, formatOf([3, size, 1]))], 0);
  expect(moved(old, map)).toEqual(picture(size, 3, (x, y) => old[2 - y]![size - 1 - x]!));
});

test("a shift before a rotation rotates the shifted picture", () => {
  const format = formatOf([4, 4, 1]);
  const old = picture(4, 4, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const [shifting, turning] = [shift.plan({ pixels: 1 }, format), rotate.plan({ degrees: 90 }, format)];
  expect(moved(old, mapOf([shifting, turning], 1))).toEqual(
    moved(moved(old, mapOf([shifting], 1)), mapOf([turning], 1)),
  );
});
