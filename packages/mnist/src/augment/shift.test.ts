import { expect, test } from "vitest";

import { at, drawsOf, formatOf, mapOf, moved, picture } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { shift } from "./shift.ts";

testAugmentation(shift, { nothing: { pixels: 0 }, something: { pixels: 2 } });

const format = formatOf([4, 5, 1]);
const old = picture(5, 4, (x, y) => 0.1 + x / 10 + y / 50);

test("the highest draw moves right and down by exact whole pixels", () => {
  expect(drawsOf(1).integer(-2, 2)).toBe(2);
  const map = mapOf([shift.plan({ pixels: 2 }, format)], 1);
  expect(moved(old, map)).toEqual(picture(5, 4, (x, y) => at(old, x - 2, y - 2)));
});
