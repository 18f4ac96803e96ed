import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { crc32, deflateSync } from "node:zlib";

import { encode as encodePng } from "fast-png";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { DatasetError } from "../errors.ts";
import { decodePhoto } from "./photo.ts";

const require = createRequire(import.meta.url);
let encodeJpeg: (image: { data: Uint8ClampedArray; width: number; height: number }) => Promise<Uint8Array>;
beforeAll(async () => {
  const { default: encode, init } = await import("@jsquash/jpeg/encode.js");
  const path = require.resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm");
  await init({ wasmBinary: Uint8Array.from(readFileSync(path)).buffer });
  encodeJpeg = async ({ data, width, height }) => {
    const image = { data: Uint8ClampedArray.from(data), width, height, colorSpace: "srgb" } as const;
    return new Uint8Array(await encode(image, { quality: 95 }));
  };
});

const closeTo = (value: number) => expect.closeTo(value, 2);

test.each([
  ["grey", 1, [51], [0.2, 0.2, 0.2]],
  ["grey with transparency, on white", 2, [0, 51], [0.8, 0.8, 0.8]],
  ["color", 3, [255, 0, 51], [1, 0, 0.2]],
  ["color with transparency, on white", 4, [255, 0, 0, 0], [1, 1, 1]],
])("a PNG file in %s", async (_what, channels, pixel, color) => {
  const data = Uint8Array.from([...pixel, ...pixel]);
  const photo = await decodePhoto(encodePng({ width: 2, height: 1, data, channels }), "x.png");
  expect([photo.width, photo.height]).toEqual([2, 1]);
  expect([...photo.colors]).toEqual([...color, ...color].map(closeTo));
});

test("a PNG file with 16 bits per number", async () => {
  const data = Uint16Array.of(65_535, 0, 13_107);
  const photo = await decodePhoto(encodePng({ width: 3, height: 1, data, channels: 1, depth: 16 }), "x.png");
  expect([...photo.colors]).toEqual([1, 1, 1, 0, 0, 0, 0.2, 0.2, 0.2].map(closeTo));
});

test.each([
  [1, [0b1010_0000], [1, 0, 1]],
  [2, [0b11_00_01_00], [1, 0, 1 / 3]],
  [4, [0xf0, 0x30], [1, 0, 0.2]],
])("a grey PNG file with %i bits per number", async (depth, row, values) => {
  const bytes = pngOf(3, 2, depth, [...row, ...row]);
  const photo = await decodePhoto(bytes, "x.png");
  const grey = values.flatMap((value) => [value, value, value]);
  expect([...photo.colors]).toEqual([...grey, ...grey].map(closeTo));
});

type Chunk = readonly [name: string, content: Uint8Array];

/** Returns a grey PNG file, made by hand: signature, header, `others`, one chunk of data, end. */
function pngOf(
  width: number,
  height: number,
  depth: number,
  data: readonly number[],
  {
    type = 0,
    interlace = 0,
    others = [],
  }: { type?: number; interlace?: number; others?: readonly Chunk[] } = {},
): Uint8Array {
  const chunk = (name: string, content: Uint8Array): Buffer => {
    const typed = Buffer.concat([Buffer.from(name), content]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    check.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = type;
  header[12] = interlace;
  const perRow = data.length / height;
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...data.slice(y * perRow, (y + 1) * perRow),
  ]).flat();
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    ...others.map(([name, content]) => chunk(name, content)),
    chunk("IDAT", deflateSync(Buffer.from(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("the transparent color of a PNG file without opacities is white", async () => {
  const grey: Chunk = ["tRNS", Uint8Array.of(0, 51)];
  const ofGrey = await decodePhoto(pngOf(2, 1, 8, [51, 102], { others: [grey] }), "x.png");
  expect([...ofGrey.colors]).toEqual([1, 1, 1, 0.4, 0.4, 0.4].map(closeTo));
  const color: Chunk = ["tRNS", Uint8Array.of(0, 51, 0, 0, 0, 255)];
  const pixels = [51, 0, 255, 51, 0, 0, 51, 0, 51];
  const ofColor = await decodePhoto(pngOf(3, 1, 8, pixels, { type: 2, others: [color] }), "x.png");
  expect([...ofColor.colors]).toEqual([1, 1, 1, 0.2, 0, 0, 0.2, 0, 0.2].map(closeTo));
});

test("a palette that a PNG file in color only suggests changes no color", async () => {
  const palette: Chunk = ["PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6)];
  const photo = await decodePhoto(pngOf(1, 1, 8, [255, 0, 51], { type: 2, others: [palette] }), "x.png");
  expect([...photo.colors]).toEqual([1, 0, 0.2].map(closeTo));
});

test.each([
  ["too few rows", withHeader(16, 20, 3), "its data has 6 bytes instead of the 9 for its size"],
  ["a row that is too short", withHeader(16, 16, 3), "its data has 6 bytes instead of the 8 for its size"],
  ["too many rows", withHeader(16, 20, 1), "its data is larger than the 3 bytes for its size"],
  ["no pixels", withHeader(16, 16, 0), "it has 0 × 2 pixels"],
  [
    "a depth that its type has not",
    withHeader(24, 24, 0x04020000),
    "its header has the color type 2 with 4 bits",
  ],
  [
    "a type that does not exist",
    withHeader(24, 24, 0x08050000),
    "its header has the color type 5 with 8 bits",
  ],
])("a PNG file with %s is refused, though the decoder could fill it up", async (_what, bytes, reason) => {
  await expect(decodePhoto(bytes, "x.png")).rejects.toThrow(
    `x.png: expected an intact PNG image, got one that cannot be decoded (${reason}`,
  );
});

/** Returns a grey PNG file of 2 × 2 pixels with another number in its header. */
function withHeader(from: number, at: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(pngOf(2, 2, 8, [1, 2, 3, 4]));
  const view = new DataView(bytes.buffer);
  view.setUint32(at === 24 ? from : at, value);
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}

test("an interlaced PNG file with fewer than 8 bits is refused with advice", async () => {
  await expect(decodePhoto(pngOf(1, 1, 4, [0x30], { interlace: 1 }), "x.png")).rejects.toThrow(
    "x.png: expected a PNG image with 8 bits per number or without interlacing, got an interlaced one with 4. " +
      "Save it without interlacing.",
  );
});

test("after many damaged JPEG files, an intact one is read", async () => {
  const data = Uint8ClampedArray.from({ length: 16 * 8 * 4 }, (_, index) => [200, 100, 50, 255][index % 4]!);
  const jpeg = await encodeJpeg({ data, width: 16, height: 8 });
  // Each file that the decoder gives up takes a part of its stack, until it fails for every file.
  for (let n = 0; n < 150; n++)
    await expect(decodePhoto(jpeg.subarray(0, 10), "x.jpg")).rejects.toThrow(DatasetError);
  expect(await decodePhoto(jpeg, "x.jpg")).toMatchObject({ width: 16, height: 8 });
});

test("a truncated JPEG file is rejected, although the decoder could complete it with grey", async () => {
  const data = Uint8ClampedArray.from({ length: 64 * 64 * 4 }, (_, index) => (index * 7919) % 256);
  const jpeg = await encodeJpeg({ data, width: 64, height: 64 });
  await expect(decodePhoto(jpeg.subarray(0, jpeg.length / 2), "x.jpg")).rejects.toThrow(
    "Premature end of JPEG file",
  );
});

test("a JPEG file", async () => {
  const data = Uint8ClampedArray.from({ length: 16 * 8 * 4 }, (_, index) => [200, 100, 50, 255][index % 4]!);
  const photo = await decodePhoto(await encodeJpeg({ data, width: 16, height: 8 }), "x.jpg");
  expect([photo.width, photo.height]).toEqual([16, 8]);
  const [red, green, blue] = photo.colors;
  expect([red, green, blue]).toEqual(
    [200 / 255, 100 / 255, 50 / 255].map((value) => expect.closeTo(value, 1)),
  );
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "a PNG file is turned by its orientation %i, as a JPEG file",
  async (n) => {
    // The only entry of this TIFF data is the orientation.
    const exif = Buffer.from(
      `4d4d002a000000080001011200030000000100${n.toString().padStart(2, "0")}000000000000`,
      "hex",
    );
    const [width, height] = [16, 8];
    const grey = Array.from(
      { length: width * height },
      (_, pixel) => 10 * (pixel % width) + 12 * (pixel >> 4),
    );
    const png = pngOf(width, height, 8, grey, { others: [["eXIf", exif]] });
    const rgba = Uint8ClampedArray.from(grey.flatMap((value) => [value, value, value, 255]));
    const jpeg = await encodeJpeg({ data: rgba, width, height });
    const content = Buffer.concat([Buffer.from("Exif\0\0"), exif]);
    const segment = Buffer.concat([Uint8Array.of(0xff, 0xe1, 0, content.length + 2), content]);
    const expected = await decodePhoto(
      Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]),
      "x.jpg",
    );
    const photo = await decodePhoto(png, "x.png");
    expect([photo.width, photo.height]).toEqual([expected.width, expected.height]);
    expect([photo.width, photo.height]).toEqual(n < 5 ? [16, 8] : [8, 16]);
    const largest = Math.max(...photo.colors.map((value, at) => Math.abs(value - expected.colors[at]!)));
    expect(largest).toBeLessThan(0.03);
  },
);

test.each([
  [new Uint8Array(), "x: expected a PNG or JPEG image, got an empty file."],
  [Uint8Array.of(71, 73, 70), "x: expected a PNG or JPEG image, got another format."],
  [Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), "x: expected an intact JPEG image"],
])("%j is refused", async (bytes, message) => {
  await expect(decodePhoto(bytes, "x")).rejects.toThrow(message);
});

test("an image of more than two megapixels is reduced: each pixel is the mean of a block", async () => {
  const [width, height] = [1501, 1401];
  const data = Uint8Array.from({ length: width * height }, (_, pixel) =>
    (pixel % width) % 2 === 0 ? 255 : 51,
  );
  const photo = await decodePhoto(encodePng({ width, height, data, channels: 1 }), "x.png");
  expect([photo.width, photo.height]).toEqual([751, 701]);
  expect(photo.colors[0]).toBeCloseTo((1 + 51 / 255) / 2, 14);
  // The last column and the last row have blocks of fewer pixels.
  expect(photo.colors[3 * 750]).toBeCloseTo(1, 14);
  expect(photo.colors.at(-1)).toBeCloseTo(1, 14);
});

test("a huge image is refused before it is decoded", async () => {
  const bytes = encodePng({ width: 1, height: 1, data: Uint8Array.of(0), channels: 1 });
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, 100_000);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(20, 100_000);
  await expect(decodePhoto(bytes, "x")).rejects.toThrow(
    "x: expected at most 67 megapixels, got 100000 × 100000 pixels. Scale it down",
  );
});

test("a damaged file is a photo or a DatasetError, never another error", async () => {
  const data = Uint8ClampedArray.from({ length: 24 * 16 * 4 }, (_, index) => (index * 37) % 256);
  const jpeg = await encodeJpeg({ data, width: 24, height: 16 });
  const png = encodePng({ width: 24, height: 16, data: Uint8Array.from(data), channels: 4 });
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(jpeg, png), damage, fc.nat(), async (intact, changes, cut) => {
      const bytes = Uint8Array.from(
        intact.subarray(0, intact.length - (cut % 7 === 0 ? cut % intact.length : 0)),
      );
      for (const [at, value] of changes)
        if (at % intact.length < bytes.length) bytes[at % intact.length] = value;
      const result = await decodePhoto(bytes, "x").catch((error: unknown) => error);
      expect(result instanceof DatasetError || Object.hasOwn(Object(result), "colors")).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("a JPEG image in CMYK is refused before it is decoded, with what to do", async () => {
  const rgb = await encodeJpeg({ data: new Uint8ClampedArray(16 * 8 * 4), width: 16, height: 8 });
  const frame = rgb.findIndex((byte, at) => byte === 0xff && [0xc0, 0xc2].includes(rgb[at + 1]!));
  const cmyk = Uint8Array.from(rgb);
  cmyk[frame + 9] = 4;
  await expect(decodePhoto(cmyk, "x.jpg")).rejects.toThrow("got CMYK. Save it as RGB.");
});
