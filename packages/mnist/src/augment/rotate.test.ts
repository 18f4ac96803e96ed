import { expect, test } from "vitest";

import { createImageFormat, combineMaps, transformPicture, createPicture } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { rotate } from "./rotate.ts";
import { shift } from "./shift.ts";

testAugmentation(rotate, { nothing: { degrees: 0 }, something: { degrees: 20 } });

const sizes = [1, 4, 7, 28];

test.for(sizes)("90 degrees turn columns into rows from the bottom up, size %i", (size) => {
  const old = createPicture(size, size, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = combineMaps([rotate.plan({ degrees: 90 }, createImageFormat([size, size, 1]))], 1);
  expect(transformPicture(old, map)).toEqual(createPicture(size, size, (x, y) => old[size - 1 - x]![y]!));
});

test.for(sizes)("180 degrees reverse rows and columns, size %i", (size) => {
  const old = createPicture(size, 3, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = combineMaps([rotate.plan({ degrees: 180 }, createImageFormat([3, size, 1]))], 0);
  expect(transformPicture(old, map)).toEqual(createPicture(size, 3, (x, y) => old[2 - y]![size - 1 - x]!));
});

test("a shift before a rotation rotates the shifted picture", () => {
  const format = createImageFormat([4, 4, 1]);
  const old = createPicture(4, 4, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const [shifting, turning] = [shift.plan({ pixels: 1 }, format), rotate.plan({ degrees: 90 }, format)];
  expect(transformPicture(old, combineMaps([shifting, turning], 1))).toEqual(
    transformPicture(transformPicture(old, combineMaps([shifting], 1)), combineMaps([turning], 1)),
  );
});
