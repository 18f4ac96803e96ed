import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { createImageFormat } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { ImageRng } from "./shared/image-rng.ts";
import { randomErasing } from "./random-erasing.ts";

testAugmentation(randomErasing, {
  nothing: { probability: 0, area: 0.4, aspect: 0.3 },
  something: { probability: 0.5, area: 0.4, aspect: 0.3 },
});

/** Returns the erased rectangles of 4000 images of 20 × 30 pixels. */
function rectangles(probability: number): { width: number; height: number; filled: boolean }[] {
  const planned = randomErasing.plan({ probability, area: 0.4, aspect: 0.3 }, createImageFormat([20, 30, 1]));
  if (!("transformPixels" in planned)) throw new Error("erasing changes pixels");
  const epoch = createRng(1).fork(1);
  const stream = new ImageRng();
  const images = new Float64Array(600);
  const found = [];
  for (let image = 0; image < 4000; image++) {
    images.fill(-1);
    stream.open(epoch.fork(image).key);
    planned.transformPixels(stream, images, 0);
    const painted = [...images.keys()].filter((i) => images[i] !== -1);
    if (painted.length === 0) continue;
    const columns = painted.map((i) => i % 30);
    const width = Math.max(...columns) - Math.min(...columns) + 1;
    const height = Math.floor(painted.at(-1)! / 30) - Math.floor(painted[0]! / 30) + 1;
    found.push({ width, height, filled: painted.length === width * height });
  }
  return found;
}

test("erases with the given probability", () => {
  expect(rectangles(1)).toHaveLength(4000);
  expect(Math.abs(rectangles(0.25).length - 1000)).toBeLessThan(140); // five standard deviations
});

test("keeps area and aspect within their bounds, up to rounding of the sides", () => {
  for (const { width, height, filled } of rectangles(1)) {
    expect(filled).toBe(true);
    expect((width + 0.5) * (height + 0.5)).toBeGreaterThanOrEqual(0.02 * 600);
    expect((width - 0.5) * (height - 0.5)).toBeLessThanOrEqual(0.4 * 600);
    expect((height + 0.5) / (width - 0.5)).toBeGreaterThanOrEqual(0.3);
    expect((height - 0.5) / (width + 0.5)).toBeLessThanOrEqual(1 / 0.3);
  }
});
