import { expect, test } from "vitest";

import {
  getPixel,
  createImageFormat,
  combineMaps,
  transformPicture,
  createPicture,
} from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { shear } from "./shear.ts";

testAugmentation(shear, { nothing: { degrees: 0 }, something: { degrees: 20 } });

test("45 degrees shift rows above the middle to the right and rows below to the left", () => {
  const old = createPicture(5, 3, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = combineMaps([shear.plan({ degrees: 45 }, createImageFormat([3, 5, 1]))], 1);
  expect(transformPicture(old, map)).toEqual(createPicture(5, 3, (x, y) => getPixel(old, x + (y - 1), y)));
});
