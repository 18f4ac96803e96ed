import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { IdxError } from "../errors.ts";
import { encodeIdx, decodeIdx, readIdxFile, type IdxArray } from "./idx.ts";

const images: fc.Arbitrary<IdxArray> = fc
  .tuple(fc.nat(5), fc.nat(6), fc.nat(7))
  .chain(([count, height, width]) => {
    const size = count * height * width;
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((data) => ({ shape: [count, height, width], data }));
  });
const labels: fc.Arbitrary<IdxArray> = fc
  .uint8Array({ maxLength: 50 })
  .map((data) => ({ shape: [data.length], data }));
const arrays = fc.oneof(images, labels);

function dimensionsOf(array: IdxArray): 1 | 3 {
  return array.shape.length === 1 ? 1 : 3;
}

test("reads what was written, plain and gzipped", () => {
  fc.assert(
    fc.property(arrays, fc.boolean(), (array, packed) => {
      const bytes = packed ? gzipSync(encodeIdx(array)) : encodeIdx(array);
      const read = decodeIdx(bytes, { file: "f", dimensions: dimensionsOf(array) });
      expect(read.shape).toEqual(array.shape);
      expect([...read.data]).toEqual([...array.data]);
    }),
  );
});

test("writes the header of the MNIST files: big-endian, type 08", () => {
  const bytes = encodeIdx({ shape: [1, 1, 2], data: Uint8Array.of(5, 6) });
  expect([...bytes]).toEqual([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6]);
});

function outcomeOf(bytes: Uint8Array, dimensions: 1 | 3): string {
  try {
    const { shape, data } = decodeIdx(bytes, { file: "f", dimensions });
    const size = shape.reduce((product, extent) => product * extent, 1);
    return data.length === size ? "an array that fits" : `${data.length} bytes for ${size} elements`;
  } catch (error) {
    return error instanceof IdxError ? "IdxError" : String(error);
  }
}

test("changed, missing or added bytes give an array that fits or an IdxError", () => {
  const edit = fc.record({ at: fc.nat(), byte: fc.nat(255) });
  const damage = fc.record({
    edits: fc.array(edit, { maxLength: 4 }),
    keep: fc.nat(),
    tail: fc.uint8Array(),
  });
  let refused = 0;
  fc.assert(
    fc.property(arrays, fc.boolean(), damage, fc.boolean(), (array, packed, { edits, keep, tail }, cut) => {
      const whole = packed ? gzipSync(encodeIdx(array)) : encodeIdx(array);
      const kept = cut ? whole.subarray(0, keep % whole.length) : whole;
      const bytes = Uint8Array.from([...kept, ...tail]);
      for (const { at, byte } of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      const outcome = outcomeOf(bytes, dimensionsOf(array));
      expect(["an array that fits", "IdxError"]).toContain(outcome);
      if (outcome === "IdxError") refused += 1;
    }),
    { numRuns: 1000 },
  );
  // Nearly all damage is detected, but not a changed pixel.
  expect(refused).toBeGreaterThan(500);
});

const twoLabels = encodeIdx({ shape: [2], data: Uint8Array.of(3, 4) });
const oneImage = encodeIdx({ shape: [1, 2, 2], data: Uint8Array.of(1, 2, 3, 4) });
const packedImage = gzipSync(oneImage);

/** Returns a copy with some bytes replaced. */
function patched(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
}

const reversedLabels = patched(twoLabels, 4, 2, 0, 0, 0);
const reversedImage = patched(oneImage, 4, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0);

test.each([
  [
    reversedLabels,
    1,
    "expected a header of big-endian numbers, got 33554432, which is 2 in reverse byte order",
  ],
  [
    gzipSync(reversedLabels),
    1,
    "expected a header of big-endian numbers, got 33554432, which is 2 in reverse byte order",
  ],
  [
    reversedImage,
    3,
    "expected a header of big-endian numbers, got 16777216 × 33554432 × 33554432, which is 1 × 2 × 2 in reverse " +
      "byte order",
  ],
  [
    patched(reversedImage, 0, 3, 8, 0, 0),
    3,
    "expected an IDX file, which begins with 00 00, got 03 08 00 00 (in reverse order)",
  ],
] as const)(
  "recognizes a complete file whose header is in reverse byte order: %j",
  (bytes, dimensions, message) => {
    expect(() => decodeIdx(bytes, { file: "f", dimensions, remedy: "Get another copy." })).toThrow(
      new IdxError(
        `f: ${message}. Write each number of the header with its most significant byte first, such as with the ` +
          'type ">u4" of NumPy.',
      ),
    );
  },
);

const broken: readonly (readonly [name: string, bytes: Uint8Array, dimensions: 1 | 3, message: string])[] = [
  ["an empty file", new Uint8Array(), 1, "expected an IDX header of 8 bytes, got a file of 0 bytes"],
  ["a cut header", oneImage.subarray(0, 15), 3, "expected an IDX header of 16 bytes, got a file of 15 bytes"],
  ["a text", Buffer.from("label\n"), 1, "expected an IDX file, which begins with 00 00, got 6c 61 62 65"],
  [
    "a web page",
    Buffer.from("<!doctype html>"),
    1,
    "expected an IDX file, which begins with 00 00, got 3c 21 64 6f (a web page, saved in place of the file?)",
  ],
  [
    "a zip archive",
    Buffer.from("PK\u0003\u0004"),
    1,
    "expected an IDX file, which begins with 00 00, got 50 4b 03 04 (a zip archive: unpack it first)",
  ],
  [
    "floats",
    patched(twoLabels, 2, 0x0d),
    1,
    "expected unsigned bytes (type 08), got 32-bit floats (type 0d)",
  ],
  [
    "no known type",
    patched(twoLabels, 2, 1),
    1,
    "expected unsigned bytes (type 08), got an unknown type (type 01)",
  ],
  [
    "labels for images",
    twoLabels,
    3,
    "expected images, of 3 dimensions, got 1 dimension (images and labels mixed up?)",
  ],
  [
    "images for labels",
    oneImage,
    1,
    "expected labels, of 1 dimension, got 3 dimensions (images and labels mixed up?)",
  ],
  ["four dimensions", patched(oneImage, 3, 4), 3, "expected images, of 3 dimensions, got 4 dimensions"],
  ["missing data", oneImage.subarray(0, 18), 3, "expected 20 bytes according to the header, got only 18"],
  [
    "data that goes on",
    Uint8Array.from([...twoLabels, 0]),
    1,
    "expected 10 bytes according to the header, got 11: something follows the data",
  ],
  [
    "a size beyond any machine",
    patched(oneImage, 4, ...Array.from({ length: 12 }, () => 255)),
    3,
    "expected at most 2 GiB, got a header that says 4294967295 × 4294967295 × 4294967295 bytes",
  ],
  [
    "a size just beyond 2 GiB",
    patched(twoLabels, 4, 0x80, 0, 0, 0),
    1,
    "expected at most 2 GiB, got a header that says 2147483648 bytes",
  ],
  [
    "cut gzip",
    packedImage.subarray(0, -9),
    3,
    "expected intact gzip data, got data that cannot be decompressed (unexpected end of file)",
  ],
  [
    "gzip with a wrong checksum",
    patched(packedImage, packedImage.length - 8, 1, 2, 3, 4),
    3,
    "expected intact gzip data, got data that cannot be decompressed (incorrect data check)",
  ],
  ["gzip of nothing", gzipSync(""), 3, "expected an IDX header of 16 bytes, got a file of 0 bytes"],
  [
    "gzip of missing data",
    gzipSync(oneImage.subarray(0, 18)),
    3,
    "expected 20 bytes according to the header, got only 18 after decompression",
  ],
  [
    "gzip of data that goes on",
    gzipSync(Buffer.concat([oneImage, Buffer.alloc(1e6)])),
    3,
    "expected 20 bytes according to the header, got more after decompression",
  ],
  [
    "gzip whose header says more than it can hold",
    // Stored, not deflated, so that every version of zlib gives the same length.
    gzipSync(patched(oneImage, 4, 0x0f, 0, 0, 0), { level: 0 }),
    3,
    "expected 1006632976 bytes according to the header, got 43 compressed bytes, which is too few",
  ],
];

test.each(broken)("refuses %s with what was expected and found", (_, bytes, dimensions, message) => {
  const read = () =>
    decodeIdx(bytes, { file: "data/mnist/some-file", dimensions, remedy: "Get another copy." });
  expect(read).toThrow(new IdxError(`data/mnist/some-file: ${message}. Get another copy.`));
});

test("recognizes gzip by the first bytes, not by the file name", () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "packed"), packedImage);
  writeFileSync(join(folder, "plain.gz"), oneImage);
  for (const name of ["packed", "plain.gz"]) {
    expect([...readIdxFile({ file: join(folder, name), dimensions: 3 }).data]).toEqual([1, 2, 3, 4]);
  }
});

test("refuses a missing file, a folder and a file larger than 2 GiB before reading", () => {
  const folder = createTemporaryFolder();
  const huge = join(folder, "huge");
  writeFileSync(huge, "");
  truncateSync(huge, 2 ** 31 + 1);
  const read = (file: string) => () => readIdxFile({ file, dimensions: 1 });
  expect(read(huge)).toThrow(new IdxError(`${huge}: expected at most 2 GiB, got 2147483649 bytes.`));
  expect(read(join(folder, "absent"))).toThrow(/absent: expected a readable file, got "ENOENT: no such file/);
  expect(read(folder)).toThrow(
    /expected a readable file, got "EISDIR: illegal operation on a directory, read"/,
  );
});
