import { expect, test } from "vitest";

import { createImageFormat, combineMaps, transformPicture, createPicture } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { scale } from "./scale.ts";

testAugmentation(scale, { nothing: { range: 0 }, something: { range: 0.3 } });

test("half the size keeps every second pixel, with black around them", () => {
  const old = createPicture(5, 5, (x, y) => (x * 7 + y * 13 + 1) / 1000);
  const map = combineMaps([scale.plan({ range: 0.5 }, createImageFormat([5, 5, 1]))], 0);
  expect(transformPicture(old, map)).toEqual(createPicture(5, 5, (x, y) => old[2 * y - 2]?.[2 * x - 2] ?? 0));
});
