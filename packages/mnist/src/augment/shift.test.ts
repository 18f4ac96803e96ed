import { expect, test } from "vitest";

import {
  getPixel,
  createConstantRng,
  createImageFormat,
  combineMaps,
  transformPicture,
  createPicture,
} from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { shift } from "./shift.ts";

testAugmentation(shift, { nothing: { pixels: 0 }, something: { pixels: 2 } });

const format = createImageFormat([4, 5, 1]);
const old = createPicture(5, 4, (x, y) => 0.1 + x / 10 + y / 50);

test("the highest draw moves right and down by exact whole pixels", () => {
  expect(createConstantRng(1).integer(-2, 2)).toBe(2);
  const map = combineMaps([shift.plan({ pixels: 2 }, format)], 1);
  expect(transformPicture(old, map)).toEqual(createPicture(5, 4, (x, y) => getPixel(old, x - 2, y - 2)));
});
