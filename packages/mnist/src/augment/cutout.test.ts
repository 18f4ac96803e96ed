import { expect, test } from "vitest";

import { createConstantRng, createImageFormat } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import type { Augmentation } from "../augmentation.ts";
import { cutout } from "./cutout.ts";

testAugmentation(cutout, { nothing: { size: 0 }, something: { size: 3 } });

function painted(augmentation: Augmentation, share: number): string[] {
  const images = new Float64Array(20).fill(1);
  if ("transformPixels" in augmentation) augmentation.transformPixels(createConstantRng(share), images, 0);
  return [0, 1, 2, 3].map((y) => images.subarray(5 * y, 5 * y + 5).join(""));
}

test("centers the square on any pixel and cuts it at the edges", () => {
  const planned = cutout.plan({ size: 3 }, createImageFormat([4, 5, 1]));
  expect(painted(planned, 0)).toEqual(["00111", "00111", "11111", "11111"]);
  expect(painted(planned, 0.5)).toEqual(["11111", "10001", "10001", "10001"]);
  expect(painted(planned, 1)).toEqual(["11111", "11111", "11100", "11100"]);
});
