import fc from "fast-check";
import { expect, test } from "vitest";

import {
  computePixelRange,
  computeImagePixelRange,
  createSamplingOrder,
  findUniformPixel,
  splitIntoImages,
} from "./pixel-range.ts";

/** Returns chunks, and a counter of the requested ones. */
function counted(chunks: readonly (readonly number[])[]) {
  const asked = { count: 0 };
  function* each(): Generator<Uint8Array> {
    for (const chunk of chunks) {
      asked.count += 1;
      yield Uint8Array.from(chunk);
    }
  }
  return { asked, chunks: each() };
}

test.each([
  [
    "bright",
    [
      [0, 64],
      [0, 255],
    ],
    1,
    { smallest: 0, largest: 64 },
  ],
  [
    "dark at first",
    [
      [0, 63],
      [0, 64],
      [1, 255],
    ],
    2,
    { smallest: 0, largest: 64 },
  ],
  ["of one grey at first", [[255, 255], [255, 254], [0]], 2, { smallest: 254, largest: 255 }],
  [
    "dark to the end",
    [
      [0, 1],
      [2, 63],
    ],
    2,
    { smallest: 0, largest: 63 },
  ],
])("reads pixels that are %s only as far as necessary", (_what, chunks, asked, range) => {
  const read = counted(chunks);
  expect(computePixelRange(read.chunks)).toEqual(range);
  expect(read.asked.count).toBe(asked);
});

test("reads five hundred of many dark images, but all images of one grey", () => {
  const dark = counted(Array.from({ length: 600 }, () => [0, 1]));
  expect(computeImagePixelRange(dark.chunks, 600, 1)).toEqual({ smallest: 0, largest: 1, among: 500 });
  expect(dark.asked.count).toBe(500);
  const grey = Array.from({ length: 600 }, (_, index) => (index === 599 ? [7, 8] : [7, 7]));
  expect(computeImagePixelRange(counted(grey).chunks, 600, 1)).toEqual({ smallest: 7, largest: 8 });
});

test.each([0, 1, 499, 500, 501, 1000, 1001, 60_000])(
  "reads each of %i images once, the first 500 spread over all",
  (count) => {
    const order = createSamplingOrder(count);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
    const first = order.slice(0, 500);
    expect(Math.max(0, ...first)).toBeGreaterThanOrEqual(Math.max(0, count - 1) * 0.49);
  },
);

test.each([
  [[0, 3], 7, 4],
  [[3], 7, 4],
  [[0, 1, 3], undefined, 2],
  [[0, 2], undefined, 3],
])("the pixels of the images %j have the common value %s, after %i of 4 images", (chosen, value, asked) => {
  const read = counted([
    [7, 7],
    [7, 8],
    [9, 9],
    [7, 7],
  ]);
  expect(findUniformPixel(read.chunks, Int32Array.from(chosen))).toBe(value);
  expect(read.asked.count).toBe(asked);
});

test("chunks of any length are split into images", () => {
  const numbers = Array.from({ length: 12 }, (_, index) => index);
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 4, 6, 12),
      fc.array(fc.integer({ min: 0, max: 12 })),
      (size, cuts) => {
        const ends = [0, ...cuts.toSorted((a, b) => a - b), 12];
        const chunks = ends.slice(1).map((end, index) => Uint8Array.from(numbers.slice(ends[index], end)));
        const images = Array.from(splitIntoImages(chunks, size), (image) => [...image]);
        expect(images.every((image) => image.length === size)).toBe(true);
        expect(images.flat()).toEqual(numbers);
      },
    ),
  );
});
