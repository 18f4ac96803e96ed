import { expect, test } from "vitest";

import { orientImage, readOrientation } from "./orientation.ts";

/** Returns TIFF data with entries of 16 bits, in this order of bytes. */
function createExif(order: "II" | "MM", entries: readonly (readonly [tag: number, value: number])[]): Buffer {
  const isLittle = order === "II";
  const bytes = Buffer.alloc(10 + 12 * entries.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  bytes.write(order, "latin1");
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, entries.length, isLittle);
  entries.forEach(([tag, value], index) => {
    view.setUint16(10 + 12 * index, tag, isLittle);
    view.setUint16(12 + 12 * index, 3, isLittle);
    view.setUint32(14 + 12 * index, 1, isLittle);
    view.setUint16(18 + 12 * index, value, isLittle);
  });
  return bytes;
}

test.each(["II", "MM"] as const)("the orientation is found among other entries, in the order %s", (order) => {
  const exif = createExif(order, [
    [0x010f, 3],
    [0x0112, 6],
  ]);
  expect(readOrientation(exif)).toBe(6);
  for (let length = 0; length < exif.length; length++)
    expect(readOrientation(exif.subarray(0, length))).toBe(1);
  expect(readOrientation(createExif(order, [[0x0112, 9]]))).toBe(1);
  expect(readOrientation(createExif(order, [[0x010f, 3]]))).toBe(1);
});

test.each([
  [1, "abc def"],
  [2, "cba fed"],
  [3, "fed cba"],
  [4, "def abc"],
  [5, "ad be cf"],
  [6, "da eb fc"],
  [7, "fc eb da"],
  [8, "cf be ad"],
])("the image abc def with the orientation %i is shown as %s", (orientation, shown) => {
  const { width, height, indexOf } = orientImage(3, 2, orientation);
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => "abcdef"[indexOf(x, y)]).join(""),
  );
  expect(rows.join(" ")).toBe(shown);
});
