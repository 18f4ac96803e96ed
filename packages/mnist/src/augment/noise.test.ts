import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { testAugmentation } from "../../test/test-augmentation.ts";
import { imageFormat } from "../augmenter.ts";
import { ImageStream } from "../image-stream.ts";
import { noise } from "./noise.ts";

testAugmentation(noise, { nothing: { deviation: 0 }, something: { deviation: 0.2 } });

test("mean, deviation, skewness and kurtosis are those of a normal distribution; neighbours are not correlated", () => {
  // So far from black and white that nothing is clipped.
  const planned = noise.plan({ deviation: 1 / 200 }, imageFormat([100, 100, 1], -100, 100));
  if (!("repaint" in planned)) throw new Error("noise repaints");
  const stream = new ImageStream();
  const z = new Float64Array(100 * 10_000);
  for (let image = 0; image < 100; image++) {
    stream.open(createRng(1).key, image);
    planned.repaint(stream, z, image * 10_000);
  }
  const mean = (f: (value: number, i: number) => number): number =>
    z.reduce((sum, value, i) => sum + f(value, i), 0) / z.length;
  // Of a million: about five standard deviations of each estimate.
  expect(Math.abs(mean((v) => v))).toBeLessThan(0.005);
  expect(Math.abs(mean((v) => v * v) - 1)).toBeLessThan(0.007);
  expect(Math.abs(mean((v) => v * v * v))).toBeLessThan(0.02);
  expect(Math.abs(mean((v) => v * v * v * v) - 3)).toBeLessThan(0.05);
  expect(Math.abs(mean((v, i) => v * (z[i + 1] ?? 0)))).toBeLessThan(0.005);
});
