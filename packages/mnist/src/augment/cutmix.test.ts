import { expect, test } from "vitest";

import { createConstantRng, createImageFormat } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { cutmix } from "./cutmix.ts";

testAugmentation(cutmix, { something: { alpha: 1 } });

/**
 * Mixes three images of 4 × 4 pixels with the values 1, 2, 3. λ is 3/4, and `place` determines the drawn
 * pixel.
 */
function mixed(place: number): { share: number; rows: string[] } {
  const planned = cutmix.plan({ alpha: 1 }, createImageFormat([4, 4, 1]));
  if (!("mix" in planned)) throw new Error("cutmix mixes");
  const images = Float64Array.from({ length: 48 }, (_, i) => 1 + Math.floor(i / 16));
  const numbers = [0.75, 0.25];
  const share = planned.mix({ ...createConstantRng(place), uniform: () => numbers.shift()! }, images);
  const rows = Array.from({ length: 12 }, (_, row) => images.subarray(4 * row, 4 * row + 4).join(""));
  return { share, rows };
}

test("pastes half the width and height from the next image, or from the first into the last", () => {
  expect(mixed(0.5)).toEqual({
    share: 0.75,
    rows: ["1111", "1221", "1221", "1111", "2222", "2332", "2332", "2222", "3333", "3113", "3113", "3333"],
  });
});

test("cuts the rectangle at the edges and returns the share of kept pixels", () => {
  const { share, rows } = mixed(0);
  expect(share).toBe(15 / 16);
  expect(rows.slice(0, 4)).toEqual(["2111", "1111", "1111", "1111"]);
});
