import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { IdxImages } from "./idx-images.ts";
import { encodeIdx } from "./idx.ts";

/** More than one chunk of 1 MiB. */
const shape = [3, 700, 600];
const data = Uint8Array.from({ length: 3 * 700 * 600 }, (_, index) => index % 251);

function write(bytes: Uint8Array): string {
  const file = join(createTemporaryFolder(), "images");
  writeFileSync(file, bytes);
  return file;
}

function readAll(images: IdxImages): Buffer {
  // A chunk is valid until the next one, so each is copied.
  return Buffer.concat(Array.from(images.chunks(), (chunk) => Uint8Array.from(chunk)));
}

test.each([
  ["plain", encodeIdx({ shape, data })],
  ["gzipped", gzipSync(encodeIdx({ shape, data }))],
])("the chunks of a %s file are its images", (_kind, bytes) => {
  const images = new IdxImages({ file: write(bytes), dimensions: 3 });
  expect(images.shape).toEqual(shape);
  expect(readAll(images).equals(data)).toBe(true);
  expect(Buffer.from(images.data).equals(data)).toBe(true);
  expect(readAll(images).equals(data)).toBe(true);
});

test("a file that becomes shorter before its images are read is refused", () => {
  const file = write(encodeIdx({ shape, data }));
  const images = new IdxImages({ file, dimensions: 3, remedy: "Get it again." });
  truncateSync(file, 1_200_000);
  expect(() => readAll(images)).toThrow(
    `${file}: expected 1260016 bytes according to the header, got only 1200000. Get it again.`,
  );
  expect(() => images.data).toThrow("got only 1200000");
});

test("a file that is too short or of labels is refused at once", () => {
  const whole = encodeIdx({ shape, data });
  expect(() => new IdxImages({ file: write(whole.subarray(0, 1000)), dimensions: 3 })).toThrow(
    "got only 1000",
  );
  const labels = encodeIdx({ shape: [5], data: new Uint8Array(5) });
  expect(() => new IdxImages({ file: write(labels), dimensions: 3 })).toThrow("images and labels mixed up");
});
