import { createRng, openStream, threefry2x32 } from "@nn/tensor";
import { expect, test } from "vitest";

import { ImageRng, writeStreamKeys } from "./image-rng.ts";

const epoch = createRng(7).fork("augment").fork(3).key;

const keys = new Int32Array(6);
writeStreamKeys(epoch, Int32Array.of(0, 1, 59_999), 2, keys);

test("the key of an image's stream is block (image, step) of the epoch's stream", () => {
  const stream = new ImageRng();
  for (const [n, image] of [0, 1, 59_999].entries()) {
    stream.open(keys, n);
    const block = new Uint32Array(2);
    threefry2x32(epoch, image, 2, block);
    const same = openStream([block[0]!, block[1]!]);
    for (let i = 0; i < 7; i++) expect(stream.uint32()).toBe(same.uint32());
  }
});

test("a stream restarts when it is opened again", () => {
  const stream = new ImageRng();
  stream.open(keys, 2);
  const first = [stream.uint32(), stream.uint32(), stream.uint32()];
  stream.open(keys, 2);
  expect([stream.uint32(), stream.uint32(), stream.uint32()]).toEqual(first);
});

test("integers and fractions fill their range evenly", () => {
  const stream = new ImageRng();
  const counts = [0, 0, 0, 0, 0];
  let sum = 0;
  for (let image = 0; image < 10_000; image++) {
    stream.open(createRng(7).fork(image).key);
    counts[stream.integer(-2, 2) + 2]!++;
    sum += stream.uniformBetween(-1, 3);
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200); // five standard deviations
  expect(Math.abs(sum / 10_000 - 1)).toBeLessThan(0.06);
});
