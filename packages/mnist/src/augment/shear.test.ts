import { expect, test } from "vitest";

import { at, formatOf, mapOf, moved, picture } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { shear } from "./shear.ts";

testAugmentation(shear, { nothing: { degrees: 0 }, something: { degrees: 20 } });

test("45 degrees shift rows above the middle to the right and rows below to the left", () => {
  const old = picture(5, 3, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = mapOf([shear.plan({ degrees: 45 }, formatOf([3, 5, 1]))], 1);
  expect(moved(old, map)).toEqual(picture(5, 3, (x, y) => at(old, x + (y - 1), y)));
});
