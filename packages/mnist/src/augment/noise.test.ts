import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { createImageFormat, getBatchTransform } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { arange } from "../split.ts";
import { writeStreamKeys } from "./shared/image-rng.ts";
import { noise } from "./noise.ts";

testAugmentation(noise, { nothing: { deviation: 0 }, something: { deviation: 0.2 } });

test("draws uncorrelated numbers with the first four moments of a normal distribution", () => {
  // Black and white are so far away that nothing is clipped.
  const format = createImageFormat([100, 100, 1], -100, 100);
  const images = format.backend.allocate([100, 100, 100, 1]);
  const keys = new Int32Array(200);
  writeStreamKeys(createRng(1).key, arange(100), 0, keys);
  getBatchTransform(noise.plan({ deviation: 1 / 200 }, format)).transformBatch(keys, images);
  const z = Float64Array.from(images.data);
  const mean = (f: (value: number, i: number) => number): number =>
    z.reduce((sum, value, i) => sum + f(value, i), 0) / z.length;
  // For a million numbers, about five standard deviations of each estimate.
  expect(Math.abs(mean((v) => v))).toBeLessThan(0.005);
  expect(Math.abs(mean((v) => v * v) - 1)).toBeLessThan(0.007);
  expect(Math.abs(mean((v) => v * v * v))).toBeLessThan(0.02);
  expect(Math.abs(mean((v) => v * v * v * v) - 3)).toBeLessThan(0.05);
  expect(Math.abs(mean((v, i) => v * (z[i + 1] ?? 0)))).toBeLessThan(0.005);
});
