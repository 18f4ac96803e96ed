import { encode } from "fast-png";
import fc from "fast-check";
import { expect, test } from "vitest";

import { decodePhoto, type Photo } from "./photo.ts";
import { hasOpacities, preparePhoto } from "./prepare-photo.ts";
import { resizeByArea } from "./resize.ts";

const SHAPE = [28, 28, 1];

/** A photo with a thick L of ink: 60 × 100 pixels, its corner at the lower left. */
function photoOfL(
  { left, top, width = 300, height = 400 }: { left: number; top: number; width?: number; height?: number },
  paper: readonly number[],
  ink: readonly number[],
  light = 0,
): Photo {
  const colors = Float64Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const [x, y] = [(pixel % width) - left, Math.floor(pixel / width) - top];
    const isInk = (x >= 0 && x < 15 && y >= 0 && y < 100) || (x >= 0 && x < 60 && y >= 85 && y < 100);
    return (isInk ? ink : paper)[index % 3]! + light * ((pixel % width) / width);
  });
  return { width, height, colors };
}

const WHITE = [1, 1, 1];
const BLACK = [0, 0, 0];

test("a symbol fills a box of 20 × 20 pixels and is centered by its mass", () => {
  const image = preparePhoto(photoOfL({ left: 40, top: 50 }, WHITE, BLACK), SHAPE, "symbol")!;
  const rows = [...Array(28).keys()].filter((y) =>
    image.subarray(28 * y, 28 * y + 28).some((byte) => byte > 127),
  );
  expect(rows.length).toBe(20);
  let [mass, x, y] = [0, 0, 0];
  image.forEach((byte, index) => {
    mass += byte;
    x += byte * ((index % 28) + 0.5);
    y += byte * (Math.floor(index / 28) + 0.5);
  });
  expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.6);
  expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.6);
});

test("place, polarity, color and light from one side hardly change the image", () => {
  const reference = preparePhoto(photoOfL({ left: 40, top: 50 }, WHITE, BLACK), SHAPE, "symbol")!;
  const color = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.nat(280),
      color,
      color,
      fc.double({ min: -0.2, max: 0.2, noNaN: true }),
      (left, top, paper, ink, light) => {
        const contrast = Math.hypot(...[0, 1, 2].map((index) => paper[index]! - ink[index]!));
        fc.pre(contrast > 0.3);
        const image = preparePhoto(photoOfL({ left, top }, paper, ink, light), SHAPE, "symbol")!;
        const difference =
          image.reduce((sum, byte, index) => sum + Math.abs(byte - reference[index]!), 0) / 784;
        expect(difference).toBeLessThan(6);
      },
    ),
    { numRuns: 30 },
  );
});

test("a photo without ink has no symbol", () => {
  const noisy = photoOfL({ left: 1000, top: 1000 }, [0.8, 0.7, 0.6], BLACK, 0.2);
  for (let index = 0; index < noisy.colors.length; index++)
    noisy.colors[index]! += (0.01 * ((index * 7919) % 13)) / 13;
  expect(preparePhoto(noisy, SHAPE, "symbol")).toBeUndefined();
  expect(
    preparePhoto({ width: 1, height: 1, colors: Float64Array.of(1, 1, 1) }, SHAPE, "symbol"),
  ).toBeUndefined();
});

test("an image of the data set is not changed", () => {
  const bytes = Uint8Array.from({ length: 784 }, (_, index) =>
    index % 28 > 5 && index % 28 < 20 && index > 100 && index < 600 ? index % 256 : 0,
  );
  const colors = Float64Array.from({ length: 784 * 3 }, (_, index) => bytes[Math.floor(index / 3)]! / 255);
  expect(preparePhoto({ width: 28, height: 28, colors }, SHAPE, "symbol")).toEqual(bytes);
});

test("a black image has no symbol, and a thin line of a large photo becomes white", () => {
  const black = { width: 28, height: 28, colors: new Float64Array(784 * 3) };
  expect(preparePhoto(black, SHAPE, "symbol")).toBeUndefined();
  const [width, height] = [900, 1200];
  const colors = Float64Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    return Math.abs(x - 450) < 4 && Math.abs(y - 600) < 400 ? 0.1 : 0.9;
  });
  expect(Math.max(...preparePhoto({ width, height, colors }, SHAPE, "symbol")!)).toBe(255);
});

test("a picture keeps its colors", () => {
  const photo = photoOfL({ left: 1000, top: 1000, width: 64, height: 32 }, [1, 0.2, 0], BLACK);
  const image = preparePhoto(photo, [4, 4, 3], "picture")!;
  expect([...image]).toEqual(Array.from({ length: 16 }, () => [255, 51, 0]).flat());
});

test("resizing by area keeps the mean, whatever the sizes", () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, size, size, fc.nat(), (height, width, newHeight, newWidth, seed) => {
      const values = Float64Array.from(
        { length: height * width },
        (_, index) => ((index + seed) * 7919) % 101,
      );
      const resized = resizeByArea(values, [height, width], [newHeight, newWidth]);
      const mean = (numbers: Float64Array): number =>
        numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
      expect(resized).toHaveLength(newHeight * newWidth);
      expect(mean(resized)).toBeCloseTo(mean(values), 9);
    }),
  );
});

test("a picture of the size and the channels of the data set keeps its bytes, opacities included", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 2, 3, 4),
      fc.uint8Array({ minLength: 24, maxLength: 24 }),
      async (channels, bytes) => {
        const data = bytes.subarray(0, 6 * channels);
        const shape = [2, 3, channels];
        const png = encode({ width: 3, height: 2, data, channels });
        const photo = await decodePhoto(png, "x.png", hasOpacities(shape));
        expect(preparePhoto(photo, shape, "picture")).toEqual(data);
      },
    ),
  );
});

test("a photo without opacities is opaque", async () => {
  const png = encode({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3), channels: 3 });
  const photo = await decodePhoto(png, "x.png", true);
  expect([...preparePhoto(photo, [1, 1, 4], "picture")!]).toEqual([1, 2, 3, 255]);
  const symbol = preparePhoto(photoOfL({ left: 40, top: 50 }, WHITE, BLACK), [28, 28, 2], "symbol")!;
  expect(new Set(symbol.filter((_, index) => index % 2 === 1))).toEqual(new Set([255]));
});
