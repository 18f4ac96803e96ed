import { expect, test } from "vitest";

import { at, formatOf, mapOf, moved, picture } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { flip } from "./flip.ts";

testAugmentation(flip, {
  nothing: { axis: "horizontal", probability: 0 },
  something: { axis: "horizontal", probability: 0.5 },
});

const old = picture(5, 4, (x, y) => (x * 7 + y * 13 + 1) / 1000);

test.for([
  ["horizontal", (x: number, y: number) => at(old, 4 - x, y)],
  ["vertical", (x: number, y: number) => at(old, x, 3 - y)],
] as const)("%s: swaps each pixel with the one opposite the middle", ([axis, expected]) => {
  const map = mapOf([flip.plan({ axis, probability: 1 }, formatOf([4, 5, 1]))], 0);
  expect(moved(old, map)).toEqual(picture(5, 4, expected));
});

test("flips with the given probability", () => {
  const format = formatOf([4, 5, 1]);
  const plan = flip.plan({ axis: "horizontal", probability: 0.25 }, format);
  expect(moved(old, mapOf([plan], 0.2))).not.toEqual(old);
  expect(moved(old, mapOf([plan], 0.3))).toEqual(old);
});
