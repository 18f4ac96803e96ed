import { expect, test } from "vitest";

import {
  getPixel,
  createImageFormat,
  combineMaps,
  transformPicture,
  createPicture,
} from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { flip } from "./flip.ts";

testAugmentation(flip, {
  nothing: { axis: "horizontal", probability: 0 },
  something: { axis: "horizontal", probability: 0.5 },
});

const old = createPicture(5, 4, (x, y) => (x * 7 + y * 13 + 1) / 1000);

test.for([
  ["horizontal", (x: number, y: number) => getPixel(old, 4 - x, y)],
  ["vertical", (x: number, y: number) => getPixel(old, x, 3 - y)],
] as const)("%s: swaps each pixel with the one opposite the middle", ([axis, expected]) => {
  const map = combineMaps([flip.plan({ axis, probability: 1 }, createImageFormat([4, 5, 1]))], 0);
  expect(transformPicture(old, map)).toEqual(createPicture(5, 4, expected));
});

test("flips with the given probability", () => {
  const format = createImageFormat([4, 5, 1]);
  const plan = flip.plan({ axis: "horizontal", probability: 0.25 }, format);
  expect(transformPicture(old, combineMaps([plan], 0.2))).not.toEqual(old);
  expect(transformPicture(old, combineMaps([plan], 0.3))).toEqual(old);
});
