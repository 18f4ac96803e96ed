import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { createImageFormat, getBatchTransform } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { writeStreamKeys } from "./shared/image-rng.ts";
import { elastic } from "./elastic.ts";

testAugmentation(elastic, { nothing: { alpha: 0, sigma: 4 }, something: { alpha: 34, sigma: 4 } });

test("pixels move by alpha / (2·√(3π)·sigma), with correlation e^(−1 / (4·sigma²)) of neighbors", () => {
  // With a slope of 1/1000 per pixel, the value shows where a pixel comes from. Far from the edges u is not
  // cut off.
  const [size, alpha, sigma] = [61, 12, 3];
  const format = createImageFormat([size, size, 1]);
  const bending = getBatchTransform(elastic.plan({ alpha, sigma }, format));
  const images = format.backend.allocate([1, size, size, 1]);
  const keys = new Int32Array(2);
  let [squares, products, count] = [0, 0, 0];
  for (let image = 0; image < 60; image++) {
    for (let i = 0; i < size * size; i++) images.data[i] = (i % size) / 1000;
    writeStreamKeys(createRng(1).key, Int32Array.of(image), 0, keys);
    bending.transformBatch(keys, images);
    const displacement = (x: number, y: number): number => images.data[y * size + x]! * 1000 - x;
    for (let y = 15; y < 46; y++) {
      for (let x = 15; x < 45; x++) {
        squares += displacement(x, y) ** 2;
        products += displacement(x, y) * displacement(x + 1, y);
        count++;
      }
    }
  }
  const expected = alpha / (2 * Math.sqrt(3 * Math.PI) * sigma);
  expect(Math.sqrt(squares / count) / expected).toBeCloseTo(1, 1);
  expect(products / squares).toBeCloseTo(Math.exp(-1 / (4 * sigma * sigma)), 2);
});
