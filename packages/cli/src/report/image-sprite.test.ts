import type { Dataset } from "@nn/mnist";
import { decode } from "fast-png";
import { expect, test } from "vitest";

import { encodeSprite } from "./image-sprite.ts";

function dataset(channels: number): Dataset {
  const count = 100;
  const images = Uint8Array.from({ length: count * 2 * 3 * channels }, (_, at) => (at * 7) % 256);
  const split = { images, labels: Uint8Array.from({ length: count }, (_, at) => at % 4), count };
  return { name: "x", source: "x", exampleShape: [2, 3, channels], classes: 4, training: split, test: split };
}

test.each([1, 3])("each image of %i channels is where the page looks for it", (channels) => {
  const data = dataset(channels);
  const chosen = Array.from({ length: 85 }, (_, at) => at + 5);
  const sprite = encodeSprite(data.test, data.exampleShape, chosen);
  const png = decode(Buffer.from(sprite.url.replace("data:image/png;base64,", ""), "base64"));
  expect(png.channels).toBe(channels);
  expect(png.width).toBe(sprite.columns * 3);
  for (const [item, index] of chosen.entries()) {
    const [left, top] = [(item % sprite.columns) * 3, Math.floor(item / sprite.columns) * 2];
    const found = [0, 1].flatMap((y) => {
      const start = ((top + y) * png.width + left) * channels;
      return Array.from(png.data.subarray(start, start + 3 * channels));
    });
    expect(found).toEqual(
      Array.from(data.test.images.subarray(index * 6 * channels, (index + 1) * 6 * channels)),
    );
  }
  expect(sprite.label).toEqual(chosen.map((index) => index % 4));
});

test("of two or four channels, the first is shown", () => {
  const { test: split, exampleShape } = dataset(2);
  const sprite = encodeSprite(split, exampleShape, [3]);
  const png = decode(Buffer.from(sprite.url.replace("data:image/png;base64,", ""), "base64"));
  expect(png.channels).toBe(1);
  expect([...png.data]).toEqual([0, 1, 2, 3, 4, 5].map((pixel) => ((3 * 12 + 2 * pixel) * 7) % 256));
});
