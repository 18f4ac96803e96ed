import { decode } from "fast-png";
import { expect, test } from "vitest";

import { encodeContactSheet, computeSheetLayout } from "./contact-sheet.ts";

/** Returns the upper left corner of the image in a row and column, for images of `side` × `side` pixels. */
function corner(row: number, column: number, side: number): [number, number] {
  return [2 + column * (side + 2) + (column > 0 ? 10 : 0), 2 + row * (side + 2)];
}

test.each([1, 2, 3, 4])("one row per image, the original first, with %i channels", (channels) => {
  const image = (from: number) => Uint8Array.from({ length: 4 * channels }, (_, i) => from + i);
  const images = [0, 100].map((from) => ({
    original: image(from),
    versions: [image(from + 20), image(from + 40)],
  }));
  const sheet = decode(encodeContactSheet(images, [2, 2, channels]));
  expect(sheet).toMatchObject({ width: 3 * 86 + 12, height: 2 * 86 + 2, channels });
  for (const [row, from] of [0, 100].entries()) {
    for (const column of [0, 1, 2]) {
      const [left, top] = corner(row, column, 84);
      // The lower right pixel of the 2 × 2 image, enlarged 42 times.
      const at = ((top + 83) * sheet.width + left + 83) * channels;
      const expected = Array.from({ length: channels }, (_, c) => from + 20 * column + 3 * channels + c);
      expect([...sheet.data.subarray(at, at + channels)]).toEqual(expected);
    }
  }
});

test("of more than four channels, only the first is shown; large images are not enlarged", () => {
  const image = Uint8Array.from({ length: 100 * 5 }, (_, i) => i % 5);
  const sheet = decode(encodeContactSheet([{ original: image, versions: [] }], [1, 100, 5]));
  expect(sheet).toMatchObject({ width: 114, height: 5, channels: 1 });
  expect(sheet.data[2 * 114 + 50]).toBe(0);
  expect(computeSheetLayout([28, 28, 1], 10, 8)).toEqual({
    width: 9 * 86 + 12,
    height: 10 * 86 + 2,
    scale: 3,
  });
});
