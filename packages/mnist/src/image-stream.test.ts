import { createRng, openStream, streamWord } from "@nn/tensor";
import { expect, test } from "vitest";

import { ImageStream } from "./image-stream.ts";

const epoch = createRng(7).fork("augment").fork(3).key;

test("an image's words are those of the stream whose key is the image's block of the epoch's stream", () => {
  const stream = new ImageStream();
  for (const image of [0, 1, 59_999]) {
    stream.open(epoch, image);
    const same = openStream([streamWord(epoch, 2 * image), streamWord(epoch, 2 * image + 1)]);
    for (let i = 0; i < 7; i++) expect(stream.word()).toBe(same.uint32());
  }
});

test("opened again, a stream begins again", () => {
  const stream = new ImageStream();
  stream.open(epoch, 5);
  const first = [stream.word(), stream.word(), stream.word()];
  stream.open(epoch, 5);
  expect([stream.word(), stream.word(), stream.word()]).toEqual(first);
});

test("whole numbers and fractions fill their range evenly", () => {
  const stream = new ImageStream();
  const counts = [0, 0, 0, 0, 0];
  let sum = 0;
  for (let image = 0; image < 10_000; image++) {
    stream.open(epoch, image);
    counts[stream.integer(-2, 2) + 2]!++;
    sum += stream.between(-1, 3);
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200); // five standard deviations
  expect(Math.abs(sum / 10_000 - 1)).toBeLessThan(0.06);
});
