import { expect, test } from "vitest";

import { concatenateImages } from "./concatenate-images.ts";

test("the images follow each other", () => {
  expect(concatenateImages([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)])).toEqual(
    Uint8Array.of(1, 2, 3),
  );
});

test("a thousand images of 224 × 224 × 3 are not too many", () => {
  const image = new Uint8Array(224 * 224 * 3).fill(7);
  const all = concatenateImages(Array.from({ length: 1000 }, () => image));
  expect(all).toHaveLength(1000 * image.length);
  expect(all.at(-1)).toBe(7);
});
